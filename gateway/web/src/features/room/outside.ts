// Page of a room that this account is not in: a question, a knock that waits, or why it is shut.
import { type TemplateResult, html, nothing } from "lit";
import { OutCause, type Place } from "../../../gen/matchpoint/v1/lobby_pb";
import { Reason } from "../../../gen/matchpoint/v1/refusal_pb";
import { messages, sentenceOf } from "../../i18n";
import { account } from "../../stores/account";
import { lobby } from "../../stores/lobby";
import type { RoomController } from "./controller";

/** Something is on elsewhere: what becomes of it, and the way back. */
function question(code: string, on: Place, controller: RoomController): TemplateResult {
  const w = messages().room;
  const way = on.title ? `/tournament/${on.sessionId}` : `/play/${on.sessionId}`;
  return html`<main class="narrow" data-testid="is-on">
    <h1>${on.title ? html`<bdi>${on.title}</bdi>` : w.matchOn}</h1>
    <p>${on.title ? w.tournamentOnText : w.matchOnText}</p>
    <div class="actions">
      <a class="button strong" href=${way} data-testid="is-on-back">${on.title ? w.toTournament : w.backToMatch}</a>
      <button class="button" data-testid="is-on-enter" @click=${() => controller.enterKnowing(on)}
        >${w.enter(code)}</button
      >
    </div></main
  >`;
}

/** The host has been asked. `another` is the room that this account is in meanwhile. */
function knocked(code: string, another: string): TemplateResult {
  const w = messages();
  return html`<main class="narrow" data-testid="knocked"
    ><h1>${w.room.title} ${code}</h1><p role="status">${w.door.asked}</p><i class="spinner"></i>
    <div class="actions"
      ><a class="button" href=${another ? `/room/${another}` : "/"}>${another ? w.room.ownRoom : w.common.home}</a></div
    ></main
  >`;
}

export function outside(code: string, controller: RoomController): TemplateResult {
  const w = messages();
  const { trouble, refused, watchable } = controller;
  const another = lobby.room.value?.code ?? "";
  if (controller.on) return question(code, controller.on, controller);
  let why = "";
  if (another) why = w.room.inAnother;
  else if (lobby.leaveCause.value === OutCause.KICKED) why = w.room.kicked;
  else if (lobby.leaveCause.value === OutCause.AWAY) why = w.room.tooLongAway;
  const again = why ? w.room.rejoin : w.common.retry;
  const comeIn = another ? w.room.comeBack : again;
  if (refused === Reason.ROOM_KNOCKED) return knocked(code, another);
  if (controller.entering && !trouble) return html`<main class="narrow"><p class="hush">${w.common.loading}</p></main>`;
  return html`<main class="narrow">
    <h1>${w.room.title} ${code}</h1>
    <p class="trouble" role="alert" data-testid="trouble"
      >${trouble || why || (account.value === null ? sentenceOf(Reason.UNAUTHENTICATED) : w.errors.unreachable)}</p
    >
    <div class="actions">
      ${
        trouble && another
          ? html`<a class="button strong" href=${`/room/${another}`} data-testid="own-room">${w.room.ownRoom}</a>`
          : nothing
      }
      ${
        watchable
          ? html`<a class="button strong" href=${`/watch/${watchable}`}>${w.common.watch}</a>`
          : lobby.leaveCause.value === OutCause.KICKED || refused === Reason.ROOM_UNKNOWN
            ? nothing
            : html`<button
                class=${trouble && another ? "button" : "button strong"}
                @click=${() => void controller.enter()}
                >${trouble ? w.common.retry : comeIn}</button
              >`
      }
      <a class="button" href="/">${w.common.home}</a>
    </div></main
  >`;
}
