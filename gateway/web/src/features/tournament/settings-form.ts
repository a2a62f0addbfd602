// The form of a tournament's settings: by format, with defaults that most people would choose.
import { type MessageInitShape, create } from "@bufbuild/protobuf";
import { type TemplateResult, html, noChange, nothing } from "lit";
import { live } from "lit/directives/live.js";
import type { TournamentRoom, TournamentRoomSchema } from "../../../gen/matchpoint/v1/lobby_pb";
import {
  GrandFinal,
  Seeding,
  type TournamentFormat,
  TournamentFormatSchema,
  TournamentSpecSchema,
} from "../../../gen/matchpoint/v1/tournament_pb";
import { unixNow } from "../../api/server-time";
import { dateTimeText } from "../../i18n";
import { clockOf } from "./announcement";
import {
  FORMATS,
  type FormatName,
  type Spec,
  type SpecInit,
  choosable,
  formatName,
  formatOf,
  placesIn,
} from "./formats";
import { tournamentMessages } from "./labels";
import { lengths, lengthsOf } from "./match-lengths";

const number = (form: FormData, name: string): number => Number(form.get(name) ?? 0);

type Kind = NonNullable<MessageInitShape<typeof TournamentFormatSchema>["kind"]>;

const formatNameIn = (form: FormData): FormatName => String(form.get("format") ?? "single_elimination") as FormatName;

function kindIn(form: FormData): Kind {
  const third = form.get("third") !== null;
  const kinds: Record<FormatName, Kind> = {
    single_elimination: { case: "singleElimination" as const, value: { thirdPlace: third } },
    double_elimination: { case: "doubleElimination" as const, value: { grandFinal: number(form, "grandFinal") } },
    round_robin: { case: "roundRobin" as const, value: {} },
    swiss: { case: "swiss" as const, value: { rounds: number(form, "rounds") } },
    groups: {
      case: "groups" as const,
      value: { groups: number(form, "groups"), advance: number(form, "advance"), thirdPlace: third },
    },
  };
  return kinds[formatNameIn(form)];
}

/** Spec in a form of `fields`. */
export function specOf(form: FormData): SpecInit {
  return {
    title: String(form.get("title") ?? "").trim(),
    format: create(TournamentFormatSchema, { kind: kindIn(form) }),
    bestOf: number(form, "bestOf"),
    seeding: number(form, "seeding"),
    bestOfRounds: lengthsOf(form, formatNameIn(form)),
    checkInS: number(form, "checkIn"),
    callS: number(form, "call"),
    restS: number(form, "rest"),
    delayS: number(form, "delay"),
    atOnce: number(form, "atOnce"),
    reviewS: number(form, "review"),
  };
}

/** The places that a form of `fields` has, as far as its format takes them. */
export const capacityOf = (form: FormData): number => placesIn(formatOf(specOf(form)), number(form, "capacity"));

type Part = Exclude<keyof SpecInit, `$${string}`>;

/** Which parts of the settings a field of the form is about; the others are left as they are, exactly. */
const PARTS: Record<string, readonly Part[]> = {
  title: ["title"],
  format: ["format", "bestOfRounds"],
  grandFinal: ["format", "bestOfRounds"],
  rounds: ["format", "bestOfRounds"],
  groups: ["format", "bestOfRounds"],
  advance: ["format"],
  third: ["format", "bestOfRounds"],
  bestOf: ["bestOf"],
  lengthAt: ["bestOfRounds"],
  lengthBest: ["bestOfRounds"],
  seeding: ["seeding"],
  checkIn: ["checkInS"],
  call: ["callS"],
  rest: ["restS"],
  delay: ["delayS"],
  atOnce: ["atOnce"],
  review: ["reviewS"],
};

/** The format of a form, with what the form has no field for as it was, if it is still the same format. */
function formatIn(form: FormData, before: TournamentFormat | undefined): TournamentFormat {
  const kind = kindIn(form);
  const saved = before?.kind.case === kind.case ? before?.kind.value : {};
  return create(TournamentFormatSchema, { kind: { case: kind.case, value: { ...saved, ...kind.value } } as Kind });
}

/** Tournament of a room after the field `name` of its form was changed: what the form only shows, to the
 * minute for one, stays as it was. */
export function changed(
  before: TournamentRoom,
  name: string,
  form: FormData,
  now: number,
): MessageInitShape<typeof TournamentRoomSchema> {
  const wanted = specOf(form);
  wanted.format = formatIn(form, before.spec?.format);
  const spec = create(TournamentSpecSchema, {
    ...(before.spec ?? {}),
    ...Object.fromEntries((PARTS[name] ?? []).map((part) => [part, wanted[part]])),
  } as SpecInit);
  const places = name === "capacity" ? number(form, "capacity") : before.capacity;
  return {
    spec,
    capacity: places && placesIn(formatOf(spec), places),
    startsUnixMs: name === "start" || name === "startAt" ? startOf(form, now).at : before.startsUnixMs,
  };
}

/** Minutes from now that a start can be set to, and how far ahead any can be, milliseconds. */
const STARTS = [5, 15, 30, 60] as const;
const AHEAD = 30 * 24 * 3_600_000;
const AT = "at";

/** Choice of the start, and its time, milliseconds since 1970 UTC; 0 means by hand. */
export interface Start {
  chosen: string;
  at: bigint;
}

/** A start that was set. */
export const startAt = (at: bigint): Start => ({ chosen: at ? AT : "0", at });

/** Start in a form of `fields`. */
export function startOf(form: FormData, now: number): Start {
  const chosen = String(form.get("start") ?? "0");
  if (chosen !== AT)
    return { chosen, at: chosen.startsWith("+") ? BigInt(Math.round(now + Number(chosen) * 60_000)) : 0n };
  return { chosen, at: BigInt(Date.parse(String(form.get("startAt") ?? "")) || tomorrow(now)) };
}

/** Default of an exact start: tomorrow at eight in the evening, local time. */
function tomorrow(now: number): number {
  const day = new Date(now);
  day.setDate(day.getDate() + 1);
  return day.setHours(20, 0, 0, 0);
}

export { dateTimeText as whenText };

/** A time as a field for date and time has it: where the page is, to the minute. */
const localText = (unixMs: number): string =>
  new Date(unixMs - new Date(unixMs).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

/** When it starts: by hand, some minutes from now, or at a time. What is being typed stays as it is. */
function startChoice({ chosen, at }: Start): TemplateResult {
  const w = tournamentMessages();
  const now = unixNow();
  const options: Option[] = [[0, w.byHand], ...STARTS.map((m): Option => [`+${m}`, w.in(m)]), [AT, w.atTime]];
  const typing = document.activeElement?.getAttribute("name") === "startAt";
  return html`${choice("start", w.start, options, chosen)}
  ${
    chosen === AT
      ? html`<label class="wide"
          >${w.startAt}<input
            type="datetime-local"
            name="startAt"
            data-testid="set-startAt"
            required
            min=${localText(now)}
            max=${localText(now + AHEAD)}
            .value=${typing ? noChange : localText(Number(at))}
          />
          <small>${w.yourZone(Intl.DateTimeFormat().resolvedOptions().timeZone)}</small></label
        >`
      : nothing
  }`;
}

type Option = readonly [number | string, string];

export function choice(
  name: string,
  label: string,
  options: readonly Option[],
  chosen: number | string,
): TemplateResult {
  const all = options.some(([value]) => String(value) === String(chosen))
    ? options
    : [...options, [chosen, String(chosen)] as const];
  return html`<label
    >${label}<select name=${name} data-testid=${`set-${name}`}
      >${all.map(
        ([value, text]) =>
          html`<option value=${value} .selected=${live(String(value) === String(chosen))}>${text}</option>`,
      )}</select
    ></label
  >`;
}

/** Fields of a tournament's settings. `places` is its capacity; `start` is absent for one at a single keyboard. */
export function fields(
  spec: Spec,
  places: number,
  start?: Start,
  more: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  const w = tournamentMessages();
  const online = start !== undefined;
  const format = formatOf(spec);
  const kind = spec?.format?.kind;
  const counts = (from: number, to: number): Option[] =>
    Array.from({ length: to - from + 1 }, (_, i) => [from + i, String(from + i)] as const);
  const third = kind?.case === "singleElimination" || kind?.case === "groups" ? !!kind.value.thirdPlace : false;
  const times = (...seconds: number[]): Option[] => seconds.map((s) => [s, s < 60 ? w.seconds(s) : clockOf(s)]);
  const review = choice("review", w.review, [[0, w.none], ...times(30, 60, 300)], spec?.reviewS ?? (online ? 30 : 0));
  return html` <label class="wide"
      >${w.titleLabel}<input
        name="title"
        data-testid="set-title"
        maxlength="60"
        required
        .value=${spec?.title || w.titleDefault}
    /></label>
    ${choice(
      "format",
      w.format,
      FORMATS.map((name): Option => [name, formatName(name)]),
      format,
    )}
    <p class="hush wide">${w.formatHint[format]}</p>
    ${
      format === "double_elimination"
        ? choice(
            "grandFinal",
            w.grandFinal,
            [
              [GrandFinal.DOUBLE, w.gfDouble],
              [GrandFinal.SIMPLE, w.gfSimple],
              [GrandFinal.NONE, w.gfNone],
            ],
            (kind?.case === "doubleElimination" && kind.value.grandFinal) || GrandFinal.DOUBLE,
          )
        : nothing
    }
    ${
      format === "swiss"
        ? choice(
            "rounds",
            w.rounds,
            [[0, w.auto], ...counts(2, 12)],
            (kind?.case === "swiss" && kind.value.rounds) || 0,
          )
        : nothing
    }
    ${
      format === "groups"
        ? html`${choice(
            "groups",
            w.groupsN,
            [[0, w.auto], ...counts(2, 16)],
            (kind?.case === "groups" && kind.value.groups) || 0,
          )}
          ${choice("advance", w.advance, counts(1, 4), (kind?.case === "groups" && kind.value.advance) || 2)}`
        : nothing
    }
    ${
      online
        ? choice(
            "capacity",
            w.capacity,
            choosable(format).map((n): Option => [n, String(n)]),
            placesIn(format, places),
          )
        : nothing
    }
    ${choice(
      "bestOf",
      w.bestOf,
      [1, 3, 5].map((n): Option => [n, w.best(n)]),
      spec?.bestOf || 1,
    )}
    ${choice(
      "seeding",
      w.seeding,
      online
        ? [
            [Seeding.RESULTS, w.results],
            [Seeding.GIVEN, w.given],
            [Seeding.RANDOM, w.random],
          ]
        : [
            [Seeding.RANDOM, w.random],
            [Seeding.GIVEN, w.given],
          ],
      spec?.seeding || (online ? Seeding.RESULTS : Seeding.RANDOM),
    )}
    ${online ? startChoice(start) : review}${more}
    ${
      format === "single_elimination" || format === "groups"
        ? html`<label class="check wide"
            ><input
              type="checkbox"
              name="third"
              data-testid="set-third"
              .checked=${live(third)}
            />${w.thirdPlace}</label
          >`
        : nothing
    }
    ${lengths(spec, places)}
    ${
      online
        ? html`<details class="fold wide"
            ><summary data-testid="set-more">${w.more}</summary
            ><div class="grid">
              ${choice("checkIn", w.checkInS, [[0, w.none], ...times(60, 180, 300, 600)], spec?.checkInS ?? 60)}
              ${choice("call", w.callWait, times(30, 60, 120, 300), spec?.callS || 60)}
              ${choice("rest", w.rest, times(5, 10, 30, 60, 180), spec?.restS || 10)}
              ${choice(
                "atOnce",
                w.atOnce,
                [[0, w.anyNumber], ...[1, 2, 4, 8].map((n): Option => [n, String(n)])],
                spec?.atOnce ?? 0,
              )}
              ${review} ${choice("delay", w.delay, [[0, w.none], ...times(5, 10, 20, 30)], spec?.delayS ?? 0)}</div
            ></details
          >`
        : nothing
    }`;
}
