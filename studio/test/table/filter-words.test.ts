/** The filter's words: highlighting changes no text, and suggestions fit where they are offered. */
import { describe, expect, it } from "vitest";
import { wanted, words, written } from "../../src/table/filter-words";

const kinds = (text: string) =>
  words(text)
    .filter((word) => word.kind !== "space")
    .map((word) => `${word.text}:${word.kind}`);

describe("highlighting", () => {
  it.each([
    'metrics.loss.min < 0.3 and tags.owner = "vision"',
    "metrics.\"Cosine Wave\"[cos].max > 0.5 or not (status in (Running, 'Queued'))",
    'an unfinished "text',
    "created > -7d\tand duration>2h",
    "<script>alert(1)</script> 🦊 é",
    "!",
    "",
  ])("keeps every character of %s", (text) => {
    const found = words(text);
    expect(found.map((word) => word.text).join("")).toBe(text);
    for (const word of found) expect(text.startsWith(word.text, word.at)).toBe(true);
  });

  it("tells fields, words, operators and values apart", () => {
    expect(kinds('metrics.loss.min < 0.3 and tags.owner = "vision"')).toEqual([
      "metrics.loss.min:field",
      "<:operator",
      "0.3:number",
      "and:word",
      "tags.owner:field",
      "=:operator",
      '"vision":text',
    ]);
    expect(kinds("status = Failed")).toEqual(["status:field", "=:operator", "Failed:text"]);
    expect(kinds("created > -7d")).toEqual(["created:field", ">:operator", "-7d:number"]);
  });
});

describe("suggestions", () => {
  const at = (text: string) => wanted(text, text.length);

  it("offers fields at the start and behind and, or, not", () => {
    expect(at("")?.fields).toContain("metrics.");
    expect(at("st")?.fields).toEqual(["status", "started"]);
    expect(at("status = Failed and dur")).toMatchObject({ from: 20, typed: "dur", fields: ["duration"] });
    expect(at("not (ar")?.fields).toEqual(["archived"]);
  });

  it("asks the server for names behind a point", () => {
    expect(at("metrics.lo")?.names).toEqual({ kind: "metric", search: "lo" });
    expect(at("a and params.model.w")?.names).toEqual({ kind: "param", search: "model.w" });
    expect(at('tags."two wo')?.names).toEqual({ kind: "tag", search: "two wo" });
  });

  it("offers the figures of a metric", () => {
    expect(at("metrics.loss.m")?.fields).toContain("metrics.loss.min");
    expect(at("metrics.loss.")?.fields).toContain("metrics.loss.last");
  });

  it("offers nothing where a value is meant", () => {
    expect(at("status = ")).toBeNull();
    expect(at("status = Fai")).toBeNull();
    expect(at("status ")).toBeNull();
  });

  it("writes names as the language takes them", () => {
    expect(written("metric", "val/loss")).toBe("metrics.val/loss");
    expect(written("metric", "loss.v2")).toBe('metrics."loss.v2"');
    expect(written("metric", "Cosine Wave", "cos")).toBe('metrics."Cosine Wave"[cos]');
    expect(written("param", "model.width")).toBe("params.model.width");
    expect(written("tag", 'say "hi"')).toBe('tags."say \\"hi\\""');
    expect(written("property", "azureml.git.commit")).toBe("properties.azureml.git.commit");
  });
});
