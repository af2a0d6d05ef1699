// feelin behind a pipe: one JSON request a line, one answer a line.
// {text, context, cell, mode: "answer" | "read" | "evaluate", repeats}

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { createRequire } from "node:module";

const found = createRequire(process.argv[2] + "/").resolve("feelin");
const { evaluate, unaryTest, parseExpression, parseUnaryTests } = await import(pathToFileURL(found));

const seconds = (repeats, action) => {
  const start = process.cpuUsage();
  for (let i = 0; i < repeats; i += 1) action();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6 / repeats;
};

for await (const line of createInterface({ input: process.stdin })) {
  const { text, context, cell, mode, repeats } = JSON.parse(line);
  const run = cell ? unaryTest : evaluate;
  const read = cell ? parseUnaryTests : parseExpression;
  let answer;
  try {
    if (mode === "answer") answer = run(text, context).value;
    else answer = seconds(repeats, () => (mode === "read" ? read : run)(text, context));
  } catch (error) {
    answer = { error: String(error) };
  }
  console.log(JSON.stringify({ answer: answer === undefined ? null : answer }));
}
