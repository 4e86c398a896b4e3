import { expect, test } from "vitest";
import { askVersions, idOf } from "../src/api/registry";
import type { Run } from "../src/api/run";
import { codeOf } from "../src/pages/registry/code";
import { datasetsOf, saidOf } from "../src/pages/registry/definition";
import { byName } from "../src/pages/registry/names";

const version = (name: string, number: number) =>
  ({
    run_id: `model:${name}:${number}`,
    properties: { "runwatch.name": name, "runwatch.version": String(number) },
  }) as unknown as Run;

test("names stand in the order of their newest versions, each once", () => {
  const found = byName([version("b", 10), version("a", 1), version("b", 9), version("b", 2)]);
  expect(found.map((each) => [each.name, each.newest.run_id, each.count])).toEqual([
    ["b", "model:b:10", 3],
    ["a", "model:a:1", 1],
  ]);
});

test("the newest is the highest number, as a number, whatever the clocks of two machines said", () => {
  expect(byName([version("a", 9), version("a", 10)])[0]?.newest.run_id).toBe("model:a:10");
});

test("a name that objects have is a name", () => {
  expect(byName([version("constructor", 1)]).map((each) => each.name)).toEqual(["constructor"]);
});

test("a search asks for names alone, quoted, and ids are made as the server makes them", () => {
  expect(askVersions("model", { search: 'a"b' }).filter).toBe('properties."runwatch.name" ~ "a\\"b"');
  expect(askVersions("model", {}).filter).toBe("");
  expect(idOf("dataset", "a b c", "3")).toBe("dataset:a+b+c:3");
});

test("a dataset's definition as lines", () => {
  const definition = {
    kind: "tabular",
    format: "csv",
    sources: [{ path: "/data/*.csv" }, { path: "t/**", datastore: "workspaceblobstore" }],
    options: { separator: ";" },
    steps: [{ kind: "take", count: 3 }],
  };
  expect(saidOf("dataset", definition)).toEqual([
    ["form", ["tabular"]],
    ["format", ["csv"]],
    ["files", ["/data/*.csv", "t/** (workspaceblobstore)"]],
    ["options", ["separator = ;"]],
    ["steps", ["take  count = 3"]],
  ]);
});

test("an environment's packages by who installs them", () => {
  const dependencies = ["python=3.11", "python-dateutil", "numpy", { pip: ["pandas", "--pre"] }];
  const definition = { python: { condaDependencies: { dependencies } }, environmentVariables: { A: "1" } };
  expect(Object.fromEntries(saidOf("environment", definition))).toEqual({
    python: ["python=3.11"],
    conda: ["python-dateutil", "numpy"],
    pip: ["pandas", "--pre"],
    variables: ["A = 1"],
  });
});

test.each([null, 7, "text", [], { sources: 1, python: [], docker: "x", datasets: [[1], "ab", ["one", "a:1"]] }])(
  "a definition of another form breaks nothing: %j",
  (definition) => {
    expect(saidOf("dataset", definition)).toEqual([]);
    expect(saidOf("environment", definition)).toEqual([]);
    expect(datasetsOf(definition).length).toBeLessThan(2);
  },
);

test("what a name holds stays within its quotes", () => {
  expect(codeOf("model", 'a"); import os', 1)).toContain('Model(ws, "a\\"); import os", version=1)');
});
