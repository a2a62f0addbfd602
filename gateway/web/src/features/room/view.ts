// Seats of a room for duels, its people, and the buttons that lead to a match.
import { type TemplateResult, html, nothing } from "lit";
import type { Member, Room } from "../../../gen/matchpoint/v1/lobby_pb";
import { icons } from "../../components/icons";
import { messages } from "../../i18n";
import { account } from "../../stores/account";
import type { Command } from "../../stores/lobby";
import { go } from "../../stores/router";
import { ownMember } from "./controller";

/** Actions of the room's page that its parts start. */
export interface Commands {
  readonly send: (command: Command) => void;
  /** Removes a member, after a question. */
  readonly kick: (member: Member) => void;
}

/** Label beside the name of a member at a seat. */
function stateOf({ connected, ready }: Member): string {
  const w = messages().room;
  if (!connected) return w.away;
  return ready ? w.isReady : w.waiting;
}

export function seat(room: Room, side: 0 | 1, commands: Commands): TemplateResult {
  const w = messages().room;
  const member = room.members.find((m) => m.seated && m.seat === side);
  const me = ownMember(room);
  return html`<div
    class=${`seat ${side ? "right" : "left"} ${member?.ready ? "ready" : ""} ${member ? "" : "free"}`}
    data-testid=${side ? "seat-right" : "seat-left"}
  >
    <small>${side ? w.right : w.left}</small>
    ${
      member
        ? html`${memberLine(room, member, commands)}<span class="state">${stateOf(member)}</span>`
        : html`<b class="hush">${w.free}</b>${
              me && !me.seated && !room.sessionId
                ? html`<button
                    class="button"
                    data-testid="take-seat"
                    @click=${() => commands.send({ case: "setSeat", value: { seated: true } })}
                    >${w.take}</button
                  >`
                : nothing
            }`
    }
  </div>`;
}

/** Name of a member with its badges, and a button for each thing that can be done about it. */
export function memberLine(room: Room, member: Member, { kick }: Commands): TemplateResult {
  const w = messages();
  const mine = member.accountId === account.value?.accountId;
  const host = room.hostAccountId === account.value?.accountId;
  return html`<b class=${member.connected ? "" : "absent"}
      ><bdi>${member.name}</bdi>${mine ? html`<em>${w.common.you}</em>` : nothing}${
        member.accountId === room.hostAccountId ? html`<em class="host">${w.room.host}</em>` : nothing
      }
      ${
        host && !mine
          ? html`<button
              class="quiet icon small"
              data-testid="room-kick"
              aria-label=${w.room.kickWhom(member.name)}
              title=${w.room.kickWhom(member.name)}
              @click=${() => kick(member)}
              >${icons.close()}</button
            >`
          : nothing
      }</b
    >
    <mp-befriend .who=${member.accountId} .name=${member.name}></mp-befriend>`;
}

export function actions(room: Room, { send }: Commands): TemplateResult {
  const w = messages().room;
  const me = ownMember(room);
  const host = room.hostAccountId === me?.accountId;
  const seated = room.members.filter((m) => m.seated);
  const all = seated.length === 2 && seated.every((m) => m.ready);
  if (room.sessionId) {
    return html`<p>${w.playing}</p
      ><button
        class="button strong"
        data-testid="room-to-match"
        @click=${() => go(`/${me?.seated ? "play" : "watch"}/${room.sessionId}`)}
        >${me?.seated ? w.toMatch : messages().common.watch}</button
      >`;
  }
  let hint = host ? w.canStart : w.hostStarts;
  if (seated.length < 2) hint = w.needPlayer;
  else if (!all) hint = w.needReady;
  return html` ${
      me?.seated
        ? html`<button
            class=${`button ${me.ready ? "" : "strong"}`}
            data-testid="room-ready"
            aria-pressed=${me.ready}
            @click=${() => send({ case: "setReady", value: { ready: !me.ready } })}
            >${me.ready ? w.notReady : w.ready}</button
          >`
        : nothing
    }
    ${
      host
        ? html`<button
            class=${`button ${all ? "strong" : ""}`}
            data-testid="room-start"
            ?disabled=${!all}
            @click=${() => send({ case: "start", value: {} })}
            >${w.start}</button
          >`
        : nothing
    }
    <p class="hush" aria-live="polite">${hint}</p>
    ${
      me?.seated
        ? html`<button
            class="quiet"
            data-testid="room-bench"
            @click=${() => send({ case: "setSeat", value: { seated: false } })}
            >${w.giveUp}</button
          >`
        : nothing
    }`;
}
