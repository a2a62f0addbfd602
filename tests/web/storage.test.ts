import assert from "node:assert/strict";
import { test } from "node:test";
import { KeptStorage } from "../../gateway/web/src/lib/storage";

/** A storage that keeps what it is given, unless it is full. */
function storage(state = { full: false }): Storage {
  const held = new Map<string, string>();
  return {
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (state.full) throw new DOMException("full", "QuotaExceededError");
      held.set(key, value);
    },
    removeItem: (key: string) => void held.delete(key),
    clear: () => held.clear(),
  } as unknown as Storage;
}

const forbidden = (): Storage => {
  throw new DOMException("The operation is insecure.", "SecurityError");
};

test("what a storage refuses to keep is read from memory, whatever an older value says", () => {
  const state = { full: false };
  const there = storage(state);
  const kept = new KeptStorage(() => there);
  kept.set("ticket", "old");
  state.full = true;
  kept.set("ticket", "new");
  assert.equal(kept.get("ticket"), "new");
  kept.drop("ticket");
  assert.equal(kept.get("ticket"), null);
});

test("a storage that has room again is written to, and other tabs are read from", () => {
  const state = { full: true };
  const there = storage(state);
  const kept = new KeptStorage(() => there);
  kept.set("last", "one");
  state.full = false;
  kept.set("last", "two");
  there.setItem("last", "from another tab");
  assert.equal(kept.get("last"), "from another tab");
});

test("without any storage all of it is kept in memory until it is dropped", () => {
  const kept = new KeptStorage(forbidden);
  assert.equal(kept.get("a"), null);
  kept.set("a", "1");
  kept.set("b", "2");
  assert.equal(kept.get("a"), "1");
  kept.drop("a");
  assert.equal(kept.get("a"), null);
  kept.clear();
  assert.equal(kept.get("b"), null);
});
