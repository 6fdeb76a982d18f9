// A recruitment platform in one file: it says a round of interviews, and reads back what became of everybody.
package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"log"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

// Story is what is said, and how the answers read.
type Story struct {
	Facts []struct {
		Topic, Subject, Fact string
		Time                 time.Time
		Data                 json.RawMessage
	}
	Sentences, Replaces map[string]string
}

var organization = cmp.Or(os.Getenv("ORGANIZATION"), "acme")

func main() {
	story := loadStory("../story.json")
	client := connect(slices.Collect(maps.Keys(story.Sentences))...)
	placed := publish(client, story)
	fmt.Printf("said %d facts\n", len(placed))
	seconds := must(strconv.ParseFloat(cmp.Or(os.Getenv("QUIET_SECONDS"), "10"), 64)) // nothing new for so long: all was said
	var lines []string
	for _, said := range readBack(client, story.Replaces, time.Duration(seconds*float64(time.Second))) {
		key, ours := placed[fmt.Sprintf("%v/%v/%v", said["topic"], said["partition"], said["offset"])]
		if said["key"] = key; ours || said["_topic"] != "event-rejected" { // what others were refused is not ours
			lines = append(lines, regexp.MustCompile(`{\w+}`).ReplaceAllStringFunc(story.Sentences[said["_topic"].(string)],
				func(name string) string { return fmt.Sprint(said[strings.Trim(name, "{}")]) }))
		}
	}
	slices.Sort(lines)
	fmt.Println(strings.Join(lines, "\n"))
}

// loadStory reads it, with `@-60` (minutes from the start) as instants. The same start gives the same events again.
func loadStory(path string) (story Story) {
	start := must(time.Parse(time.RFC3339, cmp.Or(os.Getenv("STORY_START"), time.Now().UTC().Format("2006-01-02T15:00:00Z"))))
	text := strings.ReplaceAll(string(must(os.ReadFile(path))), `"ORG"`, strconv.Quote(organization))
	text = regexp.MustCompile(`"@-?\d+"`).ReplaceAllStringFunc(text, func(found string) string {
		minutes := must(strconv.Atoi(strings.Trim(found, `"@`)))
		return strconv.Quote(start.Add(time.Duration(minutes) * time.Minute).UTC().Format(time.RFC3339))
	})
	must(0, json.Unmarshal([]byte(text), &story))
	return story
}

// connect says where Kafka is and how to sign in. Go itself reads SSL_CERT_FILE, the authority to trust.
func connect(topics ...string) *kgo.Client {
	protocol := os.Getenv("KAFKA_SECURITY_PROTOCOL")
	options := []kgo.Opt{
		kgo.SeedBrokers(strings.Split(cmp.Or(os.Getenv("KAFKA_BOOTSTRAP_SERVERS"), "localhost:9094"), ",")...),
		kgo.RecordPartitioner(kgo.BasicConsistentPartitioner(partition)), // else franz-go's own hash takes the place of ours
		// Idempotent and acks=all are the defaults. No group: who reads compacted topics from the start holds all that stands.
		kgo.ConsumeTopics(topics...), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
	}
	if strings.HasPrefix(protocol, "SASL") {
		who := scram.Auth{User: os.Getenv("KAFKA_SASL_USERNAME"), Pass: os.Getenv("KAFKA_SASL_PASSWORD")}
		options = append(options, kgo.SASL(who.AsSha512Mechanism()))
	}
	if strings.HasSuffix(protocol, "SSL") {
		options = append(options, kgo.DialTLS())
	}
	return must(kgo.NewClient(options...))
}

// partition lets all facts of a person meet: by the key up to its last `/`.
func partition(string) func(*kgo.Record, int) int {
	return func(record *kgo.Record, partitions int) int {
		return int(crc32.ChecksumIEEE(record.Key[:bytes.LastIndexByte(record.Key, '/')]) % uint32(partitions))
	}
}

// publish says everything as CloudEvents in binary mode; it returns the key of each record by where it lies.
func publish(client *kgo.Client, story Story) map[string]string {
	placed := map[string]string{}
	for _, fact := range story.Facts {
		one := event.New()
		one.SetID(fmt.Sprintf("%s:%s:%s", fact.Topic, fact.Fact, fact.Time.Format(time.RFC3339))) // again the same id
		one.SetSource("/platform/" + organization)
		one.SetType(fact.Topic)
		one.SetTime(fact.Time) // without it there is no ce_time, and the record is refused
		// Hand in a struct or RawMessage: with bytes, structured mode would say data_base64.
		must(0, one.SetData(event.ApplicationJSON, fact.Data))
		record := &kgo.Record{Topic: fact.Topic, Key: []byte(organization + "/" + fact.Subject + "/" + fact.Fact), Value: one.Data()}
		for name, text := range map[string]string{"ce_specversion": one.SpecVersion(), "ce_id": one.ID(),
			"ce_source": one.Source(), "ce_type": one.Type(), "ce_time": one.Time().Format(time.RFC3339Nano),
			"ce_organization": organization, "content-type": one.DataContentType()} { // names of extensions: no `_`, no `-`
			record.Headers = append(record.Headers, kgo.RecordHeader{Key: name, Value: []byte(text)})
		}
		must(client.ProduceSync(context.Background(), record).First())
		placed[fmt.Sprintf("%s/%d/%d", record.Topic, record.Partition, record.Offset)] = string(record.Key)
	}
	return placed
}

// readBack gives everything said about this organisation, the newest of each key: its body, beside `_topic` and `_time`.
func readBack(client *kgo.Client, replaces map[string]string, quiet time.Duration) map[string]map[string]any {
	newest := map[string]map[string]any{}
	for {
		waiting, cancel := context.WithTimeout(context.Background(), quiet)
		fetches := client.PollFetches(waiting)
		cancel()
		if fetches.NumRecords() == 0 {
			return newest
		}
		fetches.EachRecord(func(record *kgo.Record) {
			headers := map[string]string{}
			for _, header := range record.Headers {
				headers[header.Key] = string(header.Value)
			}
			if record.Value == nil || headers["ce_organization"] != organization {
				return // a tombstone, the daily `~nudge`, or somebody else's
			}
			said := map[string]any{"_topic": record.Topic, "_time": must(time.Parse(time.RFC3339, headers["ce_time"])).UnixNano()}
			must(0, json.Unmarshal(record.Value, &said))
			// Some topics replace one another, such as pooled and left: of each key, the newer holds.
			key := cmp.Or(replaces[record.Topic], record.Topic) + " " + string(record.Key)
			if held, known := newest[key]; !known || said["_time"].(int64) >= held["_time"].(int64) {
				newest[key] = said
			}
		})
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
