import { expect, it } from "vitest";
import { Clock } from "../../src/widget/clock";

it("goes on from what the kernel said, whatever the browser's clock is", () => {
  let steady = 5;
  const clock = new Clock(() => steady);
  expect(clock.now).toBeNull();
  clock.set(1_000);
  steady = 8;
  expect(clock.now).toBe(1_003);
  clock.set(1_001); // a kernel's clock that was set back is the kernel's clock
  expect(clock.now).toBe(1_001);
});
