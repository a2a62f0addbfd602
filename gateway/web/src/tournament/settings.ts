// The form of a tournament's settings: by format, with defaults that most people would choose.
import { type MessageInitShape, create } from "@bufbuild/protobuf";
import { type TemplateResult, html, nothing } from "lit";
import { GrandFinal, Seeding, Stage, TournamentFormatSchema, type TournamentSpec, type TournamentSpecSchema } from "../../gen/matchpoint/v1/tournament_pb";
import { clockOf } from "./call";
import { whenText } from "../i18n";
import { tournamentWords } from "./words";

export type SpecInit = MessageInitShape<typeof TournamentSpecSchema>;
export type FormatName = "single_elimination" | "double_elimination" | "round_robin" | "swiss" | "groups";

const CASES = {
  single_elimination: "singleElimination", double_elimination: "doubleElimination", round_robin: "roundRobin", swiss: "swiss", groups: "groups",
} as const;

export function formatOf(spec: TournamentSpec | SpecInit | undefined): FormatName {
  const kind = spec?.format?.kind?.case;
  return (Object.keys(CASES) as FormatName[]).find((name) => CASES[name] === kind) ?? "single_elimination";
}

/** What a format is called. */
export function formatName(format: FormatName): string {
  const w = tournamentWords();
  return { single_elimination: w.single, double_elimination: w.double, round_robin: w.roundRobin, swiss: w.swiss, groups: w.groups }[format];
}

const number = (form: FormData, name: string): number => Number(form.get(name) ?? 0);

/** What a form of `fields` says. */
export function specOf(form: FormData): SpecInit {
  const name = String(form.get("format") ?? "single_elimination") as FormatName;
  const third = form.get("third") !== null;
  const lastStage = name === "double_elimination" ? Stage.GRAND_FINAL : name === "groups" ? Stage.KNOCKOUT : undefined;
  const lastBestOf = number(form, "lastBestOf");
  const kinds: Record<FormatName, NonNullable<MessageInitShape<typeof TournamentFormatSchema>["kind"]>> = {
    single_elimination: { case: "singleElimination" as const, value: { thirdPlace: third } },
    double_elimination: { case: "doubleElimination" as const, value: { grandFinal: number(form, "grandFinal") } },
    round_robin: { case: "roundRobin" as const, value: {} },
    swiss: { case: "swiss" as const, value: { rounds: number(form, "rounds") } },
    groups: { case: "groups" as const, value: { groups: number(form, "groups"), advance: number(form, "advance"), thirdPlace: third } },
  };
  return {
    title: String(form.get("title") ?? "").trim(), format: create(TournamentFormatSchema, { kind: kinds[name] }), bestOf: number(form, "bestOf"), seeding: number(form, "seeding"),
    bestOfRounds: lastStage && lastBestOf ? [{ stage: lastStage, round: 0, bestOf: lastBestOf }] : [],
    checkInS: number(form, "checkIn"), callS: number(form, "call"), restS: number(form, "rest"), delayS: number(form, "delay"),
  };
}

/** Minutes from now that a start can be set to. */
const STARTS = [5, 15, 30, 60] as const;

/** Where a form of `startChoice` wants the start, milliseconds since 1970 UTC; 0 is when the organiser says so. */
export function startOf(form: FormData, now: number): bigint {
  const chosen = String(form.get("start") ?? "0");
  return chosen.startsWith("+") ? BigInt(Math.round(now + Number(chosen) * 60_000)) : BigInt(chosen);
}

export { whenText };

/** When it starts: by hand, at the time that was set, or some minutes from now. */
export function startChoice(set: bigint): TemplateResult {
  const w = tournamentWords();
  const already: Option[] = set ? [[String(set), w.startAt(whenText(set))]] : [];
  return choice("start", w.start, [[0, w.byHand], ...already, ...STARTS.map((m): Option => [`+${m}`, w.in(m)])], String(set));
}

type Option = readonly [number | string, string];

export function choice(name: string, label: string, options: readonly Option[], chosen: number | string): TemplateResult {
  const all = options.some(([value]) => String(value) === String(chosen)) ? options : [...options, [chosen, String(chosen)] as const];
  return html`<label>${label}<select name=${name} data-testid=${`set-${name}`}>${all.map(([value, text]) => html`<option value=${value} ?selected=${String(value) === String(chosen)}>${text}</option>`)}</select></label>`;
}

/** The fields; `online` adds what makes sense among people who are elsewhere. */
export function fields(spec: TournamentSpec | SpecInit | undefined, online: boolean): TemplateResult {
  const w = tournamentWords();
  const format = formatOf(spec);
  const kind = spec?.format?.kind;
  const counts = (from: number, to: number): Option[] => Array.from({ length: to - from + 1 }, (_, i) => [from + i, String(from + i)] as const);
  const third = kind?.case === "singleElimination" || kind?.case === "groups" ? !!kind.value.thirdPlace : false;
  const lasts = format === "double_elimination" || format === "groups";
  const bests = [1, 3, 5].map((n): Option => [n, w.best(n)]);
  const times = (...seconds: number[]): Option[] => seconds.map((s) => [s, s < 60 ? w.seconds(s) : clockOf(s)]);
  return html`
    <label class="wide">${w.titleLabel}<input name="title" data-testid="set-title" maxlength="60" required .value=${spec?.title || w.titleDefault} /></label>
    ${choice("format", w.format, (Object.keys(CASES) as FormatName[]).map((name): Option => [name, formatName(name)]), format)}
    <p class="hush wide">${w.formatHint[format]}</p>
    ${format === "double_elimination" ? choice("grandFinal", w.grandFinal, [[GrandFinal.DOUBLE, w.gfDouble], [GrandFinal.SIMPLE, w.gfSimple], [GrandFinal.NONE, w.gfNone]], (kind?.case === "doubleElimination" && kind.value.grandFinal) || GrandFinal.DOUBLE) : nothing}
    ${format === "swiss" ? choice("rounds", w.rounds, [[0, w.auto], ...counts(2, 12)], (kind?.case === "swiss" && kind.value.rounds) || 0) : nothing}
    ${format === "groups" ? html`${choice("groups", w.groupsN, [[0, w.auto], ...counts(2, 16)], (kind?.case === "groups" && kind.value.groups) || 0)}
      ${choice("advance", w.advance, counts(1, 4), (kind?.case === "groups" && kind.value.advance) || 2)}` : nothing}
    ${choice("bestOf", w.bestOf, bests, spec?.bestOf || 1)}
    ${lasts ? choice("lastBestOf", format === "groups" ? w.bestKnockout : w.bestGrand, [[0, w.sameBest], ...bests], spec?.bestOfRounds?.[0]?.bestOf ?? 0) : nothing}
    ${choice("seeding", w.seeding, online ? [[Seeding.RESULTS, w.results], [Seeding.GIVEN, w.given], [Seeding.RANDOM, w.random]] : [[Seeding.RANDOM, w.random], [Seeding.GIVEN, w.given]], spec?.seeding || (online ? Seeding.RESULTS : Seeding.RANDOM))}
    ${online ? html`
      ${choice("checkIn", w.checkInS, [[0, w.none], ...times(60, 180, 300, 600)], spec?.checkInS ?? 60)}
      ${choice("call", w.callWait, times(30, 60, 120, 300), spec?.callS || 60)}
      ${choice("rest", w.rest, times(5, 10, 30, 60, 180), spec?.restS || 10)}
      ${choice("delay", w.delay, [[0, w.none], ...times(5, 10, 20, 30)], spec?.delayS ?? 0)}` : nothing}
    ${format === "single_elimination" || format === "groups" ? html`<label class="check wide"><input type="checkbox" name="third" data-testid="set-third" .checked=${third} />${w.thirdPlace}</label>` : nothing}`;
}
