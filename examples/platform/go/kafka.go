package main

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"hash/crc32"
	"log"
	"os"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

// connect says where Kafka is and how to sign in, from the environment.
func connect(topics ...string) *kgo.Client {
	protocol := os.Getenv("KAFKA_SECURITY_PROTOCOL")
	options := []kgo.Opt{
		kgo.SeedBrokers(strings.Split(cmp.Or(os.Getenv("KAFKA_BOOTSTRAP_SERVERS"), "localhost:9094"), ",")...),
		kgo.RecordPartitioner(kgo.BasicConsistentPartitioner(partition)), // else franz-go's own hash takes the place of ours
		// Idempotent and acks=all are the defaults: nothing twice, nothing out of order.
		// No group: these topics are compacted, so whoever reads from the start holds all that still stands.
		kgo.ConsumeTopics(topics...), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
	}
	if strings.HasPrefix(protocol, "SASL") {
		sign := scram.Auth{User: os.Getenv("KAFKA_SASL_USERNAME"), Pass: os.Getenv("KAFKA_SASL_PASSWORD")}
		options = append(options, kgo.SASL(sign.AsSha512Mechanism()))
	}
	if strings.HasSuffix(protocol, "SSL") {
		config := &tls.Config{}
		if file := os.Getenv("KAFKA_SSL_CAFILE"); file != "" {
			config.RootCAs = x509.NewCertPool()
			config.RootCAs.AppendCertsFromPEM(must(os.ReadFile(file)))
		}
		options = append(options, kgo.DialTLSConfig(config))
	}
	return must(kgo.NewClient(options...))
}

// partition lets all facts of a person meet: by the key up to its last `/`.
func partition(string) func(*kgo.Record, int) int {
	return func(record *kgo.Record, partitions int) int {
		subject := record.Key[:strings.LastIndexByte(string(record.Key), '/')]
		return int(crc32.ChecksumIEEE(subject) % uint32(partitions))
	}
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
