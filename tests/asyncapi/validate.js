// Reads AsyncAPI documents with the official parser; prints every complaint, exits 1 when one is an error.
import { readFile } from "node:fs/promises";
import { DiagnosticSeverity, Parser } from "@asyncapi/parser";

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("Which documents? node validate.js FILE...");
  process.exit(2);
}

let failed = false;
for (const file of files) {
  const { document, diagnostics } = await new Parser().parse(await readFile(file, "utf-8"), { source: file });
  const errors = diagnostics.filter((found) => found.severity === DiagnosticSeverity.Error);
  for (const found of diagnostics) {
    const kind = DiagnosticSeverity[found.severity].toLowerCase();
    console.error(`${kind}: ${found.path.join("/")}: ${found.message} (${found.code})`);
  }
  failed ||= errors.length > 0 || document === undefined;
  if (document !== undefined) {
    const counts = [document.channels().length, document.messages().length, document.operations().length];
    console.log(`${file}: AsyncAPI ${document.version()}, ${counts.join(", ")} channels, messages, operations`);
  }
}
process.exit(failed ? 1 : 0);
