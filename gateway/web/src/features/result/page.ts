import { type PropertyValues, type TemplateResult, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { DirectoryService } from "../../../gen/matchpoint/v1/directory_pb";
import type { BotStrength } from "../../../gen/matchpoint/v1/frames_pb";
import { Reason } from "../../../gen/matchpoint/v1/refusal_pb";
import {
  type PointStats,
  type PongStats,
  type Result as ResultMessage,
  Outcome,
  type SideStats,
} from "../../../gen/matchpoint/v1/result_pb";
import { type MatchRecord, StatsService } from "../../../gen/matchpoint/v1/stats_pb";
import { call } from "../../api/client";
import { Refused } from "../../api/errors";
import { ActionElement } from "../../components/action-element";
import { icons } from "../../components/icons";
import { sideOf } from "../../game/flight";
import { explain, nameOf, messages, durationText, integerText } from "../../i18n";
import { account, getAccount } from "../../stores/account";
import { type Rematch, endingOf, entryOf, playNow } from "../../stores/current-match";
import { lobby } from "../../stores/lobby";
import { go } from "../../stores/router";
import { contacts, rallies, timeline } from "./charts";
import "../../components/befriend-button";

/** A record may come a moment after the match: how often and how long it is asked for, milliseconds. */
const ASK_AGAIN = 1_000;
const ASKS = 8;

interface Shown {
  left: string;
  right: string;
  /** Their accounts; empty for a bot, and for a second person at the same keyboard. */
  accounts: readonly [string, string];
  half: number;
  result: ResultMessage;
  seats: readonly number[];
  /** The bot that was played against. */
  bot: BotStrength;
  /** Two bots: nobody keeps a record of that. */
  house: boolean;
  /** Effect on records and ratings. */
  worth: "all" | "not counted" | "not rated";
}

/** Effect of a recorded match on records and ratings. */
function worthOf({ counted, rated, spec }: MatchRecord): Shown["worth"] {
  if (!counted) return "not counted";
  return rated || spec?.seats.some((seat) => !seat.accountId) ? "all" : "not rated";
}

@customElement("mp-result")
export class ResultPage extends ActionElement {
  @property() session = "";
  @state() private shown: Shown | undefined;
  protected override readonly signals = [lobby.room, account];

  protected override updated(changed: PropertyValues): void {
    if (changed.has("session")) void this.#find();
  }

  async #find(): Promise<void> {
    const session = this.session;
    this.shown = undefined;
    this.trouble = "";
    const ending = endingOf(session);
    if (ending) {
      const { card, result, seats } = ending;
      this.shown = {
        left: nameOf(card.left),
        right: nameOf(card.right),
        accounts: [card.left?.accountId ?? "", card.right?.accountId ?? ""],
        house: !!(card.left?.bot && card.right?.bot),
        half: card.ruleset?.paddleHalfHeight || 7_500,
        result,
        seats,
        bot: card.left?.bot || card.right?.bot || 0,
        worth: "all",
      };
      return;
    }
    for (let i = 0; i < ASKS && this.isConnected && session === this.session; i++) {
      try {
        const me = await getAccount();
        const { match } = await call(StatsService.method.getMatch, { sessionId: session });
        const seats = match?.spec?.seats ?? [];
        this.shown = {
          left: nameOf(seats.find((s) => s.seat === 0)),
          right: nameOf(seats.find((s) => s.seat === 1)),
          house: false,
          accounts: [
            seats.find((s) => s.seat === 0)?.accountId ?? "",
            seats.find((s) => s.seat === 1)?.accountId ?? "",
          ],
          half: match?.spec?.ruleset?.paddleHalfHeight || 7_500,
          result: match!.result!,
          seats: seats.filter((s) => me && s.accountId === me.accountId).map((s) => s.seat),
          bot: seats.find((s) => s.bot)?.bot ?? 0,
          worth: worthOf(match!),
        };
        return;
      } catch (error) {
        // A player with a seat who finds no record: neither side came.
        const unplayed = error instanceof Refused && error.reason === Reason.RECORD_UNKNOWN && !!entryOf(session);
        this.trouble = unplayed && i === ASKS - 1 ? messages().result.nobodyCame : explain(error);
        await new Promise((later) => setTimeout(later, ASK_AGAIN));
      }
    }
  }

  async #again(again: Rematch): Promise<void> {
    if (again.kind === "room") {
      go(`/room/${again.code}`);
      return;
    }
    await this.run(() => playNow(again));
  }

  /** Ready for another match with the same people, as soon as the room has taken note of this one's end. */
  async #rematch(code: string): Promise<void> {
    // If it is refused, the room's page says why.
    await this.run(async () => {
      await lobby.open();
      if (lobby.room.value?.code !== code) await lobby.enter(code);
      await lobby.matchEnded(code);
      await lobby.send({ case: "setReady", value: { ready: true } });
    });
    go(`/room/${code}`);
  }

  /** To whatever is on. */
  async #watch(): Promise<void> {
    await this.run(async () => {
      const { sessions } = await call(DirectoryService.method.listSessions, { pageSize: 2 });
      const next = sessions.find((s) => s.sessionId !== this.session);
      go(next ? `/watch/${next.sessionId}` : "/");
    });
  }

  /** Whom one has just played against can be asked; who only watched was not there. */
  #befriend({ seats, accounts, left, right }: Shown): TemplateResult | typeof nothing {
    const other = seats.length === 1 ? 1 - seats[0]! : undefined;
    if (other === undefined || !accounts[other]) return nothing;
    return html`<mp-befriend .who=${accounts[other]} .name=${other ? right : left} .named=${true}></mp-befriend>`;
  }

  #headline({ result, left, right, seats }: Shown): TemplateResult {
    const w = messages().result;
    const winner = result.winner ? sideOf(result.winner) : undefined;
    const own = seats.length === 1 && winner !== undefined;
    const won = own && seats[0] === winner;
    let text = won ? w.won : w.lost;
    if (result.outcome === Outcome.DRAW) text = w.draw;
    else if (winner === undefined) text = w.void;
    else if (!own) text = w.wins(winner === 0 ? left : right);
    const mood = won ? "won" : "lost";
    return html`<h1 data-testid="result-headline" class=${own ? mood : ""}>${text}</h1>
      ${result.outcome === Outcome.FORFEIT ? html`<p class="hush">${w.forfeit}</p>` : nothing}`;
  }

  #table(stats: PongStats): TemplateResult {
    const w = messages().result;
    const ms = (us: number | undefined): string =>
      us ? `${us < 1000 ? "<1" : integerText(us / 1000)}\u00a0ms` : w.none;
    const rows: [string, string, (s: SideStats | undefined) => string][] = [
      [w.hits, "hits", (s) => integerText(s?.hits ?? 0)],
      [w.misses, "misses", (s) => integerText(s?.misses ?? 0)],
      [w.top, "top-speed", (s) => (s?.topSpeed ? `${integerText(s.topSpeed / 100)}\u00a0${w.speedUnit}` : w.none)],
      [w.distance, "distance", (s) => `${integerText((s?.distance ?? 0) / 100)}\u00a0${w.lengthUnit}`],
      [w.reaction, "reaction", (s) => ms(s?.reactionUs)],
      [w.latency, "latency", (s) => ms(s?.latency?.rttUs)],
    ];
    if (stats.left?.latency?.saves || stats.right?.latency?.saves)
      rows.push([w.saved, "saves", (s) => integerText(s?.latency?.saves ?? 0)]);
    return html`<table data-testid="result-table"
      ><tbody>
        ${rows.map(
          ([label, id, of]) =>
            html`<tr
              ><td class="left" data-testid=${`result-${id}-left`}>${of(stats.left)}</td><th scope="row">${label}</th
              ><td class="right" data-testid=${`result-${id}-right`}>${of(stats.right)}</td></tr
            >`,
        )}
      </tbody></table
    >`;
  }

  protected override render(): TemplateResult {
    const w = messages();
    const shown = this.shown;
    const against = shown?.seats.length === 1 && shown.bot ? { kind: "bot" as const, strength: shown.bot } : undefined;
    const again = entryOf(this.session)?.again ?? against;
    const room = lobby.room.value;
    const roomOfMatch = room?.last?.sessionId === this.session ? room.code : undefined;
    const code = again?.kind === "room" ? again.code : roomOfMatch;
    const actions = html`<div class="actions">
      ${
        again && again.kind !== "room"
          ? html`<button
              class="button strong"
              data-testid="result-again"
              ?disabled=${this.busy}
              @click=${() => void this.#again(again)}
              >${w.result.again}</button
            >`
          : nothing
      }
      ${
        code
          ? html`${
                shown?.seats.length === 1
                  ? html`<button
                      class="button strong"
                      data-testid="result-rematch"
                      ?disabled=${this.busy}
                      @click=${() => void this.#rematch(code)}
                      >${w.result.rematch}</button
                    >`
                  : nothing
              }
              <button class="button" data-testid="result-room" @click=${() => go(`/room/${code}`)}
                >${w.result.toRoom}</button
              >`
          : nothing
      }
      ${
        shown && !shown.seats.length
          ? html`<button
              class="button strong"
              data-testid="result-watch"
              ?disabled=${this.busy}
              @click=${() => void this.#watch()}
              >${w.watch.another}</button
            >`
          : nothing
      }
      ${
        shown && !shown.house
          ? html`<a class="button" href=${`/replay/${this.session}/1`} data-testid="result-replay"
                >${icons.play()} ${w.replay.watch}</a
              >
              <a
                class="quiet"
                href=${`/replay/${this.session}/1.journal`}
                download
                data-testid="result-journal"
                title=${w.result.journalHint}
                >${w.result.journal}</a
              >`
          : nothing
      }
      <a class="button" href="/" data-testid="result-home">${w.common.home}</a>
    </div>`;
    if (!shown) {
      return html`<main class="narrow"
        ><h1>${w.result.title}</h1
        ><p class=${this.trouble ? "trouble" : "hush"} role="status">${this.trouble || w.common.loading}</p
        >${actions}</main
      >`;
    }
    const { result } = shown;
    const stats = result.stats?.game.case === "pong" ? result.stats.game.value : undefined;
    const mean = (of: (p: PointStats) => number): string =>
      stats?.points.length
        ? w.result.seconds(
            (stats.points.reduce((sum, p) => sum + of(p), 0) / stats.points.length / 1_000_000).toFixed(1),
          )
        : w.result.none;
    return html`<main class="result" data-testid="result">
      <section class="final">
        ${this.#headline(shown)}
        <div class="board">
          <div class=${`player left ${shown.seats.length === 1 && shown.seats[0] === 0 ? "own" : ""}`}
            ><b data-testid="result-name-left"><bdi>${shown.left}</bdi></b></div
          >
          <div class="digits"
            ><span data-testid="result-left">${result.left}</span><i></i
            ><span data-testid="result-right">${result.right}</span></div
          >
          <div class=${`player right ${shown.seats.length === 1 && shown.seats[0] === 1 ? "own" : ""}`}
            ><b data-testid="result-name-right"><bdi>${shown.right}</bdi></b></div
          >
        </div>
        ${this.#befriend(shown)}
        ${
          shown.worth === "all"
            ? nothing
            : html`<p
                class="hush"
                data-testid="result-worth"
                title=${shown.worth === "not rated" ? w.result.notRatedHint : w.result.notCountedHint}
                >${shown.worth === "not rated" ? w.result.notRated : w.result.notCounted}</p
              >`
        }
        ${actions} ${this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : nothing}
      </section>
      ${
        stats && stats.points.length + stats.hits > 0
          ? html` <dl class="facts">
                <div
                  ><dt>${w.result.duration}</dt
                  ><dd data-testid="result-duration">${durationText(result.durationUs)}</dd></div
                >
                <div><dt>${w.result.point}</dt><dd data-testid="result-point">${mean((p) => p.pointUs)}</dd></div>
                <div><dt>${w.result.serve}</dt><dd data-testid="result-serve">${mean((p) => p.serveUs)}</dd></div>
                <div
                  ><dt>${w.result.longest}</dt
                  ><dd data-testid="result-longest">${w.result.hitsUnit(stats.longestRally)}</dd></div
                >
                <div
                  ><dt>${w.result.top}</dt
                  ><dd data-testid="result-top-speed"
                    >${integerText(stats.topSpeed / 100)}<small>${w.result.speedUnit}</small></dd
                  ></div
                >
                <div><dt>${w.result.hits}</dt><dd data-testid="result-hits">${integerText(stats.hits)}</dd></div>
              </dl>
              <section class="panel"><h2>${w.result.statistics}</h2>${this.#table(stats)}</section>
              ${
                stats.points.length
                  ? html`<section class="panel"
                        ><h2>${w.result.timeline}</h2>${timeline(stats.points, w.result.timeline)}</section
                      >
                      <section class="panel"
                        ><h2>${w.result.rallies}</h2>${rallies(stats.points, w.result.rallies)}</section
                      >`
                  : nothing
              }
              <section class="panel"
                ><h2>${w.result.contact}</h2
                ><p class="hush">${w.result.contactHint}</p
                >${contacts(stats.left, stats.right, shown.half, w.result.contact)}</section
              >`
          : nothing
      }
    </main>`;
  }
}
