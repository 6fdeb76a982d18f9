// A recruitment platform in one file: it says a round of interviews, and reads back what became of everybody.
//
//   npm ci && npm start [../story.json]
import { readFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { crc32 } from "node:zlib";
import { CloudEvent, Kafka as CloudEventKafka } from "cloudevents";
import { Kafka, logLevel } from "kafkajs";

const env = process.env;
const ORGANIZATION = env.ORGANIZATION ?? "acme";
const SOURCE = `/platform/${ORGANIZATION}`;
const QUIET_SECONDS = Number(env.QUIET_SECONDS ?? 10); // nothing new for so long: everything was said

/** Where Kafka is and how to sign in, from the environment. */
function kafkaSettings() {
  const protocol = env.KAFKA_SECURITY_PROTOCOL ?? "PLAINTEXT";
  const settings = {
    brokers: (env.KAFKA_BOOTSTRAP_SERVERS ?? "localhost:9094").split(","),
    clientId: "platform-example",
    logLevel: logLevel.ERROR,
  };
  if (protocol.startsWith("SASL")) {
    settings.sasl = {
      mechanism: "scram-sha-512",
      username: env.KAFKA_SASL_USERNAME,
      password: env.KAFKA_SASL_PASSWORD,
    };
  }
  if (protocol.endsWith("SSL")) {
    settings.ssl = env.KAFKA_SSL_CAFILE ? { ca: readFileSync(env.KAFKA_SSL_CAFILE) } : true;
  }
  return settings;
}

/** The facts and what is said of answers, with `@-60` (minutes from the start) as instants. The same start gives the same events again. */
function loadStory(path) {
  const hour = 3_600_000;
  const start = env.STORY_START ? Date.parse(env.STORY_START) : Math.floor(Date.now() / hour) * hour;
  const text = readFileSync(path, "utf-8").replaceAll('"ORG"', JSON.stringify(ORGANIZATION));
  const instant = (_, minutes) => JSON.stringify(new Date(start + minutes * 60_000).toISOString());
  return JSON.parse(text.replace(/"@(-?\d+)"/g, instant));
}

/** One fact as a CloudEvent in binary mode. */
function recordOf(fact, partitions) {
  const subject = `${ORGANIZATION}/${fact.subject}`;
  const event = new CloudEvent({
    id: `${fact.topic}:${fact.fact}:${fact.time}`, // the same event again has the same id
    source: SOURCE,
    type: fact.topic,
    time: fact.time, // when the record last changed, not when it is sent; a Date keeps no microseconds
    organization: ORGANIZATION, // names of extensions are lower case, without `_` or `-`
    datacontenttype: "application/json",
    data: fact.data,
  });
  const { headers, value } = CloudEventKafka.binary(event);
  return {
    key: `${subject}/${fact.fact}`,
    // All facts of a person meet in one partition: the key up to its last `/`.
    partition: crc32(subject) % partitions,
    value: JSON.stringify(value), // binary() leaves an object, which kafkajs would write as [object Object]
    headers: Object.fromEntries(Object.entries(headers).filter(([, text]) => text !== undefined)),
  };
}

/** Say everything; returns the key of each record by topic, partition and offset. */
async function publish(kafka, story) {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 }); // nothing twice, nothing out of order
  const admin = kafka.admin();
  await Promise.all([producer.connect(), admin.connect()]);
  const { topics } = await admin.fetchTopicMetadata({ topics: [...new Set(story.map((fact) => fact.topic))] });
  const partitions = Object.fromEntries(topics.map((topic) => [topic.name, topic.partitions.length]));
  const placed = new Map();
  for (const fact of story) {
    const record = recordOf(fact, partitions[fact.topic]);
    const [at] = await producer.send({ topic: fact.topic, messages: [record] }); // acks: all is the default
    placed.set(`${at.topicName}/${at.partition}/${at.baseOffset}`, record.key);
  }
  await Promise.all([producer.disconnect(), admin.disconnect()]);
  return placed;
}

/** [topic, body] of everything said about this organisation, the newest of each key. */
async function readBack(kafka, { sentences, replaces }) {
  // A new group each time: these topics are compacted, so whoever reads from the start holds all that still stands.
  const groupId = `${env.KAFKA_SASL_USERNAME ?? "platform-example"}.${randomUUID()}`;
  const consumer = kafka.consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topics: Object.keys(sentences), fromBeginning: true });
  const newest = new Map();
  let heard = Date.now();
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ topic, message }) => {
      heard = Date.now();
      const headers = message.headers ?? {};
      if (message.value === null || String(headers.ce_organization) !== ORGANIZATION) {
        return; // a tombstone, the daily `~nudge`, or somebody else's
      }
      // Some topics replace one another, such as pooled and left: of each key, the newer holds.
      const about = `${replaces[topic] ?? topic} ${message.key}`;
      const time = String(headers.ce_time).replace(/Z$/, ""); // has microseconds: compared as text, a Date cuts them
      if (!newest.has(about) || time >= newest.get(about).time) {
        newest.set(about, { time, topic, body: JSON.parse(message.value) });
      }
    },
  });
  while (Date.now() - heard < QUIET_SECONDS * 1000) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await consumer.disconnect();
  return [...newest.values()].map(({ topic, body }) => [topic, body]);
}

const story = loadStory(process.argv[2] ?? fileURLToPath(new URL("../story.json", import.meta.url)));
const kafka = new Kafka(kafkaSettings());
const placed = await publish(kafka, story.facts);
console.log(`said ${placed.size} facts`);
const lines = (await readBack(kafka, story)).map(([topic, body]) => {
  const key = placed.get(`${body.topic}/${body.partition}/${body.offset}`);
  if (topic === "event-rejected" && !key) return ""; // what others were refused is not ours
  return story.sentences[topic].replace(/{(\w+)}/g, (_, name) => ({ ...body, key })[name]);
});
console.log(lines.filter(Boolean).sort().join("\n"));
