import { beforeEach, expect, test, vi } from "vitest";
import { address, ask, current, followLinks, go, parts, path, query } from "../../src/base/place";

beforeEach(() => go("/experiments"));

test("addresses carry any name, and an empty answer leaves no trace", () => {
  expect(address(["experiments", "a/b c", "runs", "ü"], { tab: "runs", q: "", s: null })).toBe(
    "/experiments/a%2Fb%20c/runs/%C3%BC?tab=runs",
  );
  go(address(["experiments", "a/b c%"]));
  expect(parts.value).toEqual(["experiments", "a/b c%"]);
});

test("lists stay readable in the query", () => {
  expect(address(["compare"], { runs: "a,b", sm: "ema:.6" })).toBe("/compare?runs=a,b&sm=ema:.6");
});

test("a change of the query keeps the rest, and one that changes nothing makes no step back", () => {
  go("/runs?q=a&s=-created");
  const before = history.length;
  ask({ q: "a" });
  expect(history.length).toBe(before);
  ask({ q: null, c: "loss.min" });
  expect(Object.fromEntries(query.value)).toEqual({ s: "-created", c: "loss.min" });
});

test.each(["replace", "slide"] as const)("what is a %s is shown at once, and told to the bar once", async (how) => {
  go("/runs?q=a");
  const before = history.length;
  ask({ x: "0-10" }, how);
  ask({ x: "0-20" }, how);
  expect(query.value.get("x")).toBe("0-20");
  expect(current.value).toBe("/runs?q=a&x=0-20");
  expect(location.search).toBe("?q=a");
  const spy = vi.spyOn(history, "replaceState");
  await vi.waitFor(() => expect(location.search).toBe("?q=a&x=0-20"));
  expect(spy).toHaveBeenCalledTimes(1);
  expect(history.length).toBe(before);
  spy.mockRestore();
});

test("what slides past is told later than what is painted", async () => {
  go("/runs?q=a");
  ask({ x: "1" }, "slide");
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  expect(location.search).toBe("?q=a");
  ask({ s: "b" }, "replace");
  await vi.waitFor(() => expect(location.search).toBe("?q=a&x=1&s=b"));
});

test("a step elsewhere, or leaving, tells what is untold first", () => {
  go("/runs?q=a");
  ask({ x: "1" }, "replace");
  dispatchEvent(new Event("pagehide"));
  expect(location.search).toBe("?q=a&x=1");
  ask({ x: "2" }, "replace");
  const told: unknown[] = [];
  const spy = vi.spyOn(history, "replaceState").mockImplementation((...given) => void told.push(given[2]));
  go("/compute");
  expect(told).toEqual(["/runs?q=a&x=2"]);
  spy.mockRestore();
});

test("links within the studio load nothing; others are the browser's", () => {
  followLinks(document);
  document.body.innerHTML = '<a id="in" href="/compute">in</a><a id="api" href="/api/docs">api</a>';
  const click = (id: string) => {
    const event = new MouseEvent("click", { bubbles: true, cancelable: true });
    document.getElementById(id)!.dispatchEvent(event);
    return event.defaultPrevented;
  };
  expect(click("in")).toBe(true);
  expect(path.value).toBe("compute");
  expect(click("api")).toBe(false);
});
