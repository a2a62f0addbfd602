import assert from "node:assert/strict";
import { test } from "node:test";
import { retryDelayMs } from "../../gateway/web/src/api/backoff";
import { closeActionOf } from "../../gateway/web/src/api/close-codes";

test("the first try comes within 250 ms, later ones within twice as long each, never beyond 10 s", () => {
  assert.equal(retryDelayMs(0, 1006, 0), 0);
  assert.ok(retryDelayMs(0, 1006, 0.999) < 250);
  assert.ok(retryDelayMs(3, 1006, 0.999) < 2_000);
  assert.ok(retryDelayMs(20, 1006, 0.999) < 10_000);
});

test("after a restart the pages spread over 3 s, after an overload they wait 5 s at least", () => {
  assert.ok(retryDelayMs(0, 1012, 0.999) > 2_900);
  assert.ok(retryDelayMs(0, 1013, 0) >= 5_000);
});

test("a lost connection is tried again, a taken seat is not", () => {
  for (const code of [1006, 1011, 1012, 1013, 1014, 4001, 4002, 4008])
    assert.equal(closeActionOf(code), "retry", String(code));
  assert.equal(closeActionOf(4502), "replaced");
  assert.equal(closeActionOf(4010), "ticket");
  assert.equal(closeActionOf(4504), "over");
  assert.equal(closeActionOf(4506), "reload");
  assert.equal(closeActionOf(4505), "stop");
});
