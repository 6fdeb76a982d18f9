// Every sample of every event is what its committed schema allows, by ajv: reads {topic: body} on standard input.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import formats from "ajv-formats";
import Ajv from "ajv/dist/2020.js";

const [folder] = process.argv.slice(2);
const ajv = formats(new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }));
ajv.addVocabulary(["x-topic", "x-key", "x-owner", "x-listeners", "x-partitions", "x-compacted"]);

const samples = JSON.parse(readFileSync(0, "utf-8"));
let failed = false;
for (const name of readdirSync(folder).filter((name) => name.endsWith(".v1.json"))) {
  const schema = JSON.parse(readFileSync(join(folder, name), "utf-8"));
  const isAllowed = ajv.compile(schema);
  for (const body of [samples[schema["x-topic"]], ...schema.examples]) {
    if (!isAllowed(body)) {
      failed = true;
      console.error(`${name}: ${ajv.errorsText(isAllowed.errors)}`);
    }
  }
}
console.log(`${Object.keys(samples).length} samples read by ajv`);
process.exit(failed ? 1 : 0);
