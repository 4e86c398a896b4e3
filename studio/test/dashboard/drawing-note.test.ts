import { expect, it } from "vitest";
import { varying } from "../../src/dashboard/drawing-note";
import type { Row } from "../../src/table/asking";

const rows = (all: Record<string, unknown>[]) => all.map((params) => ({ run: { params } })) as unknown as Row[];

it("groups by what falls into the fewest groups, of several by the first that was logged", () => {
  const many = Array.from({ length: 12 }, (_, at) => ({ id: at, width: 8, seed: at % 3, lr: at % 2, kind: at % 2 }));
  expect(varying(rows(many))).toBe("lr");
});

it("groups by nothing that is the same everywhere, or another one in each run", () => {
  expect(varying(rows([{ lr: 1 }, { lr: 1 }]))).toBeNull();
  expect(varying(rows([{ lr: 1 }, { lr: 2 }]))).toBeNull();
  expect(varying([])).toBeNull();
});
