// Code for five languages out of the committed contracts, by two generators, compiled where the language's tools are.
// node generate.js SCHEMAS [OUT]; exits 1 when a name had to be made up, something does not compile, or an example
// is not read.
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import * as modelina from "@asyncapi/modelina";
import { InputData, JSONSchemaInput, quicktypeMultiFile } from "quicktype-core";

const TSC = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const MADE_UP = /^(?:Anonymous|Reserved)|Element$/;
const GO_TAGS = { presets: [{ preset: modelina.GO_COMMON_PRESET, options: { addJsonTag: true } }] };
const LANGUAGES = {
  java: {
    modelina: [modelina.JavaGenerator, { collectionType: "List" }, { packageName: "talentloop" }],
    quicktype: { "just-types": "true", package: "talentloop", "array-type": "list" },
    file: (name) => `${name}.java`,
    types: /^public (?:class|enum|interface) (\w+)/gm,
    compile: (folder, files) => run("javac", ["-proc:none", "-d", join(folder, "classes"), ...files]),
  },
  go: {
    modelina: [modelina.GoGenerator, GO_TAGS, { packageName: "talentloop" }],
    quicktype: { package: "talentloop", "just-types-and-package": "true" },
    file: (name) => `${name}.go`,
    types: /^type (\w+)/gm,
    compile: async (folder) => {
      await writeFile(join(folder, "go.mod"), "module talentloop\n\ngo 1.21\n");
      run("go", ["vet", "./..."], { cwd: folder });
    },
  },
  typescript: {
    modelina: [modelina.TypeScriptGenerator, { moduleSystem: "ESM" }, { exportType: "named" }],
    quicktype: {},
    file: (name) => `${name}.ts`,
    types: /^export (?:class|interface|enum) (\w+)|^(?:class|interface|enum) (\w+)/gm,
    compile: (folder, files) => run(process.execPath, [TSC, "--strict", "--target", "es2022", ...files], { cwd: folder }),
  },
  python: {
    modelina: [modelina.PythonGenerator, {}, { packageName: "talentloop" }],
    quicktype: { "python-version": "3.7" },
    file: (name) => `${name}.py`,
    types: /^class (\w+)/gm,
    compile: (folder) => run("python3", ["-m", "compileall", "-q", folder]),
  },
  csharp: {
    modelina: [modelina.CSharpGenerator, {}, { namespace: "Talentloop" }],
    quicktype: { namespace: "Talentloop" },
    file: (name) => `${name}.cs`,
    types: /^ *public (?:partial )?(?:class|enum) (\w+)/gm,
    compile: async (folder) => {
      const project = "<Project Sdk='Microsoft.NET.Sdk'><PropertyGroup><TargetFramework>net8.0</TargetFramework>";
      await writeFile(join(folder, "talentloop.csproj"), `${project}</PropertyGroup></Project>`);
      run("dotnet", ["build"], { cwd: folder });
    },
  },
};

function run(program, options, where = {}) {
  execFileSync(program, options, { stdio: "pipe", encoding: "utf-8", ...where });
}

async function byModelina(language, schemas, folder) {
  const [Generator, options, output] = LANGUAGES[language].modelina;
  const document = JSON.parse(await readFile(join(schemas, "asyncapi.json"), "utf-8"));
  const models = await new Generator(options).generateCompleteModels(document, output);
  return Object.fromEntries(models.filter((m) => m.modelName).map((m) => [LANGUAGES[language].file(m.modelName), m.result]));
}

async function byQuicktype(language, schemas) {
  const input = new JSONSchemaInput(undefined);
  for (const { title, ...schema } of await events(schemas)) {
    await input.addSource({ name: title, schema: JSON.stringify({ title, ...schema }) });
  }
  const inputData = new InputData();
  inputData.addInput(input);
  const options = { inputData, lang: language, rendererOptions: LANGUAGES[language].quicktype };
  const files = await quicktypeMultiFile({ ...options, outputFilename: LANGUAGES[language].file("Talentloop") });
  return Object.fromEntries([...files].map(([name, { lines }]) => [name, lines.join("\n")]));
}

async function events(schemas) {
  const names = (await readdir(schemas)).filter((name) => name.endsWith(".v1.json")).sort();
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(schemas, name), "utf-8"))));
}

function typesIn(language, code) {
  return [...code.matchAll(LANGUAGES[language].types)].map((found) => found[1] ?? found[2]);
}

function complaintOf(error) {
  return error.code === "ENOENT" ? null : `${error.stdout ?? ""}${error.stderr ?? ""}` || String(error);
}

/** The compiler's complaint, "" for none, null where there is no compiler. */
async function compiled(language, folder, files) {
  try {
    await LANGUAGES[language].compile(folder, files);
    return "";
  } catch (error) {
    return complaintOf(error);
  }
}

async function write(language, generator, schemas, out) {
  const folder = join(out, generator.name, language);
  const code = await generator(language, schemas);
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(code)) await writeFile(join(folder, name), text);
  const types = Object.values(code).flatMap((text) => typesIn(language, text));
  const madeUp = types.filter((name) => MADE_UP.test(name));
  const complaint = await compiled(language, folder, Object.keys(code).map((name) => join(folder, name)));
  const state = complaint === null ? "no compiler here" : complaint ? "does not compile" : "compiles";
  console.log(`${generator.name} ${language}: ${types.length} types, ${madeUp.length} names made up, ${state}`);
  if (madeUp.length) console.log(`  ${madeUp.join(" ")}`);
  if (complaint) console.log(complaint.split("\n").slice(-8).join("\n"));
  return Boolean(complaint) || madeUp.length > 0;
}

/** Quicktype's TypeScript checks what it reads: every example must be what its types say. */
async function readExamples(schemas, out) {
  const file = join(out, byQuicktype.name, "typescript", "Talentloop");
  await rename(`${file}.js`, `${file}.mjs`);
  const { Convert } = await import(pathToFileURL(`${file}.mjs`));
  const read = (await events(schemas)).map(({ title, examples }) => Convert[`to${title}`](JSON.stringify(examples[0])));
  console.log(`${read.length} examples are read by generated code`);
}

const [schemas, out = await mkdtemp(join(tmpdir(), "generated-"))] = process.argv.slice(2);
let failed = false;
for (const language of Object.keys(LANGUAGES)) {
  for (const generator of [byModelina, byQuicktype]) failed = (await write(language, generator, schemas, out)) || failed;
}
if (!failed) await readExamples(schemas, out);
console.log(`The code is in ${resolve(out)}`);
process.exit(failed ? 1 : 0);
