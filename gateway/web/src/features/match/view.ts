// Templates around the court: its players, the curtain without a connection, and the page without a match.
import { type TemplateResult, html, nothing } from "lit";
import { Reason, type Refusal } from "../../../gen/matchpoint/v1/refusal_pb";
import type { Side } from "../../game/flight";
import { messages, nameOf, sentenceOf } from "../../i18n";
import type { MatchController } from "./controller";

/** Beyond this round trip, milliseconds, the referee cannot make up for the distance. */
export const FAIR = 250;

function curtain(line: string, small = "", actions: TemplateResult | typeof nothing = nothing): TemplateResult {
  return html`<div class="curtain" data-testid="overlay"
    ><p>${line}</p>${small ? html`<small>${small}</small>` : nothing}${
      actions === nothing ? html`<i class="spinner"></i>` : html`<div class="actions">${actions}</div>`
    }</div
  >`;
}

/** Overlay over the court while the connection is not open. */
export function overlay(match: MatchController, session: string): TemplateResult | typeof nothing {
  const w = messages();
  const link = match.link?.state.value;
  const inPlay = match.seats.length && match.view.card;
  const keepCalm = inPlay ? w.court.keepCalm : "";
  const calm = match.draining ? w.court.draining : keepCalm;
  if (!link || link.is === "open" || match.ended) return nothing;
  if (link.is === "connecting") {
    return match.view.card ? curtain(w.court.reconnecting, calm) : curtain(w.court.connecting);
  }
  if (link.is === "retrying") return curtain(w.court.reconnecting, calm);
  const reason = link.refusal?.reason ?? Reason.UNSPECIFIED;
  switch (link.why) {
    case "replaced":
      return curtain(
        w.court.replaced,
        "",
        html`<button class="button strong" data-testid="take-over" @click=${() => match.begin()}
          >${w.court.takeOver}</button
        >`,
      );
    case "reload":
      return curtain(
        w.court.reload,
        "",
        html`<button class="button strong" @click=${() => location.reload()}>${w.court.reloadNow}</button>`,
      );
    case "over":
      return curtain(
        w.watch.gone,
        "",
        html`<a class="button strong" href=${`/result/${session}`} data-testid="to-result">${w.watch.toResult}</a
          ><a class="button" href="/">${w.common.home}</a>`,
      );
    case "refused":
      return curtain(
        reason ? sentenceOf(reason) : w.court.refused,
        "",
        html`<a class="button strong" href=${`/watch/${session}`}>${w.common.watch}</a
          ><a class="button" href="/">${w.common.home}</a>`,
      );
  }
}

/** There is nothing to draw, and will not be: why, and the way out. */
export function shut(refusal: Refusal | undefined, mode: "play" | "watch", session: string): TemplateResult {
  const w = messages();
  const reason = refusal?.reason ?? Reason.UNSPECIFIED;
  const never = reason === Reason.SESSION_UNKNOWN || reason === Reason.INVALID_FIELD;
  const over = reason === Reason.SESSION_OVER || reason === Reason.UNSPECIFIED;
  const [line, hint] = never
    ? [w.watch.never, w.watch.neverHint]
    : over
      ? [w.watch.gone, ""]
      : [w.court.refused, sentenceOf(reason)];
  return html`<main class="narrow" data-testid="shut">
    <h1>${line}</h1>${hint ? html`<p class="hush">${hint}</p>` : nothing}
    <div class="actions">
      ${
        over
          ? html`<a class="button strong" href=${`/result/${session}`} data-testid="to-result">${w.watch.toResult}</a>`
          : nothing
      }
      ${
        !never && !over && mode === "play"
          ? html`<a class="button" href=${`/watch/${session}`}>${w.common.watch}</a>`
          : nothing
      }
      <a class=${`button ${over ? "" : "strong"}`} href="/" data-testid="to-home">${w.common.home}</a>
    </div></main
  >`;
}

export function player(match: MatchController, side: Side): TemplateResult {
  const w = messages();
  const { view } = match;
  const occupant = side === 0 ? view.card?.left : view.card?.right;
  const there = side === 0 ? view.attendance?.left : view.attendance?.right;
  // The own way is measured from here too: what the server sees may end at a proxy.
  const here = match.seats.includes(side) ? view.server.rtt : undefined;
  const known = view.latency || here !== undefined ? Math.max(view.latency?.[side] ?? 0, here ?? 0) : undefined;
  const ms = known === undefined || occupant?.bot || there === false ? 0 : Math.max(1, Math.round(known));
  const own = match.seats.length === 1 && match.seats[0] === side;
  return html`<div
    class=${`player ${side ? "right" : "left"} ${own ? "own" : ""} ${there === false && view.card ? "absent" : ""}`}
  >
    <b><bdi>${nameOf(occupant)}</bdi></b>
    <small
      >${own ? html`<em>${w.common.you}</em>` : nothing}${
        ms
          ? html`<span class=${ms > FAIR ? "lag" : ""} aria-label=${w.court.latency(nameOf(occupant), ms)}
              >${w.court.ms(ms)}</span
            >`
          : nothing
      }</small
    >
  </div>`;
}
