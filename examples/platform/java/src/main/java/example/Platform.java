package example;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.CloudEventSerializer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A recruitment platform in one file: it says a round of interviews, and reads back what became of everybody. */
public final class Platform {
    private static final String ORGANIZATION = env("ORGANIZATION", "acme");
    // Where your own classes hold java.time values: without this Jackson writes instants as numbers, which are refused.
    private static final ObjectMapper JSON = new ObjectMapper().disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

    record Fact(String topic, String subject, String fact, String time, JsonNode data) {}
    record Story(List<Fact> facts, Map<String, String> sentences, Map<String, String> replaces) {}
    record Said(String topic, Instant time, Map<String, Object> body) {}

    public static void main(String[] arguments) throws Exception {
        Story story = loadStory(Path.of(arguments.length > 0 ? arguments[0] : "../story.json"));
        Map<String, String> placed = publish(story.facts);
        System.out.printf("said %d facts%n", placed.size());
        readBack(story).stream().map(said -> sentence(story, said, placed)).filter(line -> line != null).sorted()
            .forEach(System.out::println);
    }

    /** Where Kafka is and how to sign in, from the environment. */
    private static Properties kafkaSettings() {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", env("KAFKA_BOOTSTRAP_SERVERS", "localhost:9094"));
        settings.put("security.protocol", env("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT"));
        if (env("KAFKA_SECURITY_PROTOCOL", "").startsWith("SASL")) {
            settings.put("sasl.mechanism", "SCRAM-SHA-512");
            settings.put("sasl.jaas.config", String.format(
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";",
                env("KAFKA_SASL_USERNAME", ""), env("KAFKA_SASL_PASSWORD", "")));
        }
        if (!env("KAFKA_SSL_CAFILE", "").isEmpty()) {
            settings.put("ssl.truststore.type", "PEM");
            settings.put("ssl.truststore.location", env("KAFKA_SSL_CAFILE", ""));
        }
        return settings;
    }

    /** The facts, with {@code @-60} (minutes from the start) as instants. The same start gives the same events again. */
    private static Story loadStory(Path path) throws IOException {
        String given = env("STORY_START", "");
        Instant start = given.isEmpty() ? Instant.now().truncatedTo(ChronoUnit.HOURS) : OffsetDateTime.parse(given).toInstant();
        String text = Files.readString(path).replace("\"ORG\"", '"' + ORGANIZATION + '"');
        return JSON.readValue(Pattern.compile("\"@(-?\\d+)\"").matcher(text).replaceAll(
            found -> '"' + start.plus(Duration.ofMinutes(Long.parseLong(found.group(1)))).toString() + '"'), Story.class);
    }

    /** One fact as a CloudEvent; the serializer writes it in binary mode. */
    private static ProducerRecord<String, CloudEvent> recordOf(Fact fact, int partitions) throws IOException {
        String subject = ORGANIZATION + "/" + fact.subject;
        CloudEvent event = CloudEventBuilder.v1()
            .withId(fact.topic + ":" + fact.fact + ":" + fact.time) // the same event again has the same id
            .withSource(URI.create("/platform/" + ORGANIZATION))
            .withType(fact.topic)
            .withTime(OffsetDateTime.parse(fact.time)) // when the record last changed, not when it is sent
            .withExtension("organization", ORGANIZATION) // names of extensions are lower case, without `_` or `-`
            .withData("application/json", JSON.writeValueAsBytes(fact.data))
            .build();
        CRC32 hash = new CRC32(); // all facts of a person meet in one partition: the key up to its last `/`
        hash.update(subject.getBytes(StandardCharsets.UTF_8));
        return new ProducerRecord<>(fact.topic, (int) (hash.getValue() % partitions), subject + "/" + fact.fact, event);
    }

    /** Say everything; returns the key of each record by topic, partition and offset. */
    private static Map<String, String> publish(List<Fact> facts) throws Exception {
        Map<String, String> placed = new HashMap<>(); // idempotent and acks=all are the defaults: nothing twice, in order
        try (var producer = new KafkaProducer<>(kafkaSettings(), new StringSerializer(), new CloudEventSerializer())) {
            for (Fact fact : facts) {
                var record = recordOf(fact, producer.partitionsFor(fact.topic).size());
                var at = producer.send(record).get();
                placed.put(at.topic() + "/" + at.partition() + "/" + at.offset(), record.key());
            }
        }
        return placed;
    }

    /** Everything said about this organisation, the newest of each key. */
    private static List<Said> readBack(Story story) throws IOException {
        Map<String, Said> newest = new HashMap<>();
        Duration quiet = Duration.ofMillis((long) (1000 * Double.parseDouble(env("QUIET_SECONDS", "10"))));
        try (var consumer = new KafkaConsumer<>(kafkaSettings(), new StringDeserializer(), new ByteArrayDeserializer())) {
            // No group: these topics are compacted, so whoever reads from the start holds all that still stands.
            consumer.assign(story.sentences.keySet().stream().flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(partition -> new TopicPartition(partition.topic(), partition.partition())).toList());
            consumer.seekToBeginning(consumer.assignment());
            for (var records = consumer.poll(quiet); !records.isEmpty(); records = consumer.poll(quiet)) {
                for (var record : records) {
                    if (record.value() == null || !ORGANIZATION.equals(header(record.headers(), "ce_organization"))) {
                        continue; // a tombstone, the daily `~nudge`, or somebody else's
                    }
                    Instant time = Instant.parse(header(record.headers(), "ce_time"));
                    Said said = new Said(record.topic(), time, JSON.readValue(record.value(), new TypeReference<>() {}));
                    // Some topics replace one another, such as pooled and left: of each key, the newer holds.
                    newest.merge(story.replaces.getOrDefault(said.topic, said.topic) + " " + record.key(), said,
                        (old, other) -> other.time.isBefore(old.time) ? old : other);
                }
            }
        }
        return List.copyOf(newest.values());
    }

    /** One line; null for what others were refused. */
    private static String sentence(Story story, Said said, Map<String, String> placed) {
        Map<String, Object> body = said.body;
        body.put("key", placed.get(body.get("topic") + "/" + body.get("partition") + "/" + body.get("offset")));
        boolean isOurs = !said.topic.equals("event-rejected") || body.get("key") != null;
        return !isOurs ? null : Pattern.compile("\\{(\\w+)}").matcher(story.sentences.get(said.topic))
            .replaceAll(name -> Matcher.quoteReplacement(String.valueOf(body.get(name.group(1)))));
    }

    private static String header(Headers headers, String name) {
        return headers.lastHeader(name) == null ? "" : new String(headers.lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static String env(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }
}
