import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useHeldScene } from "../../src/charts/held-scene";
import type { Scene } from "../../src/charts/scene";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const scene = (name: string) => ({ xName: name }) as Scene;

function shown() {
  const root = document.createElement("div");
  const Probe = ({ next, old }: { next: Scene; old: boolean }) => <p>{useHeldScene(next, old)?.xName}</p>;
  return (name: string, old: boolean) => {
    act(() => render(<Probe next={scene(name)} old={old} />, root));
    return () => root.textContent;
  };
}

it("stays with the picture until the answer comes, if that is soon", () => {
  const draw = shown();
  expect(draw("whole", false)()).toBe("whole");
  expect(draw("stretched", true)()).toBe("whole");
  void act(() => void vi.advanceTimersByTime(50));
  expect(draw("zoomed", false)()).toBe("zoomed");
});

it("draws what there is if the answer takes longer, and goes on so until it comes", () => {
  const draw = shown();
  draw("whole", false);
  const text = draw("stretched", true);
  act(() => void vi.advanceTimersByTime(200));
  expect(text()).toBe("stretched");
  expect(draw("stretched more", true)()).toBe("stretched more");
  expect(draw("zoomed", false)()).toBe("zoomed");
  expect(draw("stretched again", true)()).toBe("zoomed");
});

it("draws what there is at first", () => expect(shown()("first", true)()).toBe("first"));
