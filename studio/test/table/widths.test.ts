/** Columns are as wide as their titles need, as long as there is room. */
import { describe, expect, it } from "vitest";
import { readColumns } from "../../src/table/column";
import { resize, template } from "../../src/table/widths";

/** The widths of the columns behind box and name. */
function widths(text: string, room: number): number[] {
  const found = template(readColumns(text), false, room).columns.split(" ").slice(2, -2);
  return found.map((each) => Number.parseFloat(each));
}

describe("the width of a column", () => {
  const long = `${"x".repeat(40)}.last`;

  it("holds its title, the word of its figure and the sign of an order", () => {
    const [loss, accuracy] = widths("loss.last,accuracy.min_step", 0);
    expect(loss).toBe(102); // 8 letters as this estimates them, and what stands around
    expect(accuracy).toBeGreaterThan(150);
    expect(widths("status,p.lr,t.tags", 0)).toEqual([112, 88, 88]);
  });

  it("grows beyond what is usual only into room that is left", () => {
    expect(widths(`status,${long}`, 0)[1]).toBe(170);
    expect(widths(`status,${long}`, 36 + 216 + 112 + 190)[1]).toBe(190);
    const whole = widths(`status,${long}`, 2_000)[1]!;
    expect(whole).toBeGreaterThan(300);
    expect(whole).toBeLessThan(400);
  });

  it("of tags is all that is left, where they come last", () => {
    const columns = (text: string) => template(readColumns(text), false, 0).columns;
    expect(columns("status,tags")).toBe("36px 216px 112px minmax(180px, 1fr)");
    expect(columns("tags,status")).toBe("36px 216px 180px 112px minmax(0, 1fr)");
  });

  it("stays as somebody made it", () => {
    resize(readColumns(long)[0]!, 90);
    expect(widths(long, 2_000)).toEqual([90]);
  });
});
