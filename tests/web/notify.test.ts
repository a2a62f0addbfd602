import "./browser";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { canAsk, notify } from "../../gateway/web/src/features/tournament/notifications";

const shown: { title: string; tag: string }[] = [];
class Notifications {
  static permission = "granted";
  static broken = false;
  constructor(title: string, { tag }: { tag: string }) {
    if (Notifications.broken) throw new TypeError("only from a service worker");
    shown.push({ title, tag });
  }
}

beforeEach(() => {
  shown.length = 0;
  Notifications.permission = "granted";
  Notifications.broken = false;
  Object.assign(document, { hidden: true });
  Object.assign(globalThis, { window: { Notification: Notifications }, Notification: Notifications });
});

const tell = (): void => notify("cup", "Your match against Ann", "begins in 5 s");

test("who looks elsewhere is told, and a later word takes the place of an earlier one", () => {
  tell();
  assert.deepEqual(shown, [{ title: "Your match against Ann", tag: "cup" }]);
});

test("who is here is not told twice", () => {
  Object.assign(document, { hidden: false });
  tell();
  assert.deepEqual(shown, []);
});

test("who was not asked, or said no, is left alone; who was never asked can be", () => {
  for (const permission of ["default", "denied"]) {
    Notifications.permission = permission;
    tell();
    assert.equal(canAsk(), permission === "default");
  }
  assert.deepEqual(shown, []);
});

test("a phone that shows none is no trouble", () => {
  Notifications.broken = true;
  tell();
  Object.assign(globalThis, { window: {} });
  tell();
  assert.equal(canAsk(), false);
});
