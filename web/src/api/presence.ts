/** A request so long after the last key, click, touch or turn of the wheel is the page's own doing. */
const awayMs = 60_000;

let lastActMs = 0;

export function noteAct(nowMs: number): void {
  lastActMs = nowMs;
}

/** Whether nobody has done anything on the page for a while: what it asks for then must not keep a session from going idle. */
export function isAway(nowMs: number): boolean {
  return nowMs - lastActMs > awayMs;
}

if (typeof document !== 'undefined') {
  for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchstart']) {
    document.addEventListener(kind, () => noteAct(performance.now()), { capture: true, passive: true });
  }
}
