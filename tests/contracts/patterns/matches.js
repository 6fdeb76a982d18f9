// For each line of "pattern text", both base64: whether the text is found, by ECMAScript as JSON Schema wants it (flag u).
const text = (coded) => Buffer.from(coded, "base64").toString("utf-8");
const lines = require("fs").readFileSync(0, "utf-8").split("\n").filter(Boolean);
for (const [pattern, sample] of lines.map((line) => line.split(" "))) {
  console.log(new RegExp(text(pattern), "u").test(text(sample ?? "")));
}
