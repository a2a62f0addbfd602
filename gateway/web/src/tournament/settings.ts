// The form of a tournament's settings: by format, with defaults that most people would choose.
import { type MessageInitShape, create } from "@bufbuild/protobuf";
import { type TemplateResult, html, nothing } from "lit";
import { GrandFinal, Seeding, TournamentFormatSchema, type TournamentSpec, type TournamentSpecSchema } from "../../gen/matchpoint/v1/tournament_pb";
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

const number = (form: FormData, name: string): number => Number(form.get(name) ?? 0);

/** What a form of `fields` says. */
export function specOf(form: FormData): SpecInit {
  const name = String(form.get("format") ?? "single_elimination") as FormatName;
  const third = form.get("third") !== null;
  const kinds: Record<FormatName, NonNullable<MessageInitShape<typeof TournamentFormatSchema>["kind"]>> = {
    single_elimination: { case: "singleElimination" as const, value: { thirdPlace: third } },
    double_elimination: { case: "doubleElimination" as const, value: { grandFinal: number(form, "grandFinal") } },
    round_robin: { case: "roundRobin" as const, value: {} },
    swiss: { case: "swiss" as const, value: { rounds: number(form, "rounds") } },
    groups: { case: "groups" as const, value: { groups: number(form, "groups"), advance: number(form, "advance"), thirdPlace: third } },
  };
  return {
    title: String(form.get("title") ?? "").trim(), format: create(TournamentFormatSchema, { kind: kinds[name] }), bestOf: number(form, "bestOf"), seeding: number(form, "seeding"),
    checkInS: number(form, "checkIn"), delayS: number(form, "delay"),
  };
}

type Option = readonly [number | string, string];

export function choice(name: string, label: string, options: readonly Option[], chosen: number | string): TemplateResult {
  return html`<label>${label}<select name=${name} data-testid=${`set-${name}`}>${options.map(([value, text]) => html`<option value=${value} ?selected=${String(value) === String(chosen)}>${text}</option>`)}</select></label>`;
}

/** The fields; `online` adds what makes sense among people who are elsewhere. */
export function fields(spec: TournamentSpec | SpecInit | undefined, online: boolean): TemplateResult {
  const w = tournamentWords();
  const format = formatOf(spec);
  const kind = spec?.format?.kind;
  const counts = (from: number, to: number): Option[] => Array.from({ length: to - from + 1 }, (_, i) => [from + i, String(from + i)] as const);
  const third = kind?.case === "singleElimination" || kind?.case === "groups" ? !!kind.value.thirdPlace : false;
  return html`
    <label class="wide">${w.titleLabel}<input name="title" data-testid="set-title" maxlength="60" required .value=${spec?.title || w.titleDefault} /></label>
    ${choice("format", w.format, [["single_elimination", w.single], ["double_elimination", w.double], ["round_robin", w.roundRobin], ["swiss", w.swiss], ["groups", w.groups]], format)}
    <p class="hush wide">${w.formatHint[format]}</p>
    ${format === "double_elimination" ? choice("grandFinal", w.grandFinal, [[GrandFinal.DOUBLE, w.gfDouble], [GrandFinal.SIMPLE, w.gfSimple], [GrandFinal.NONE, w.gfNone]], (kind?.case === "doubleElimination" && kind.value.grandFinal) || GrandFinal.DOUBLE) : nothing}
    ${format === "swiss" ? choice("rounds", w.rounds, [[0, w.auto], ...counts(2, 12)], (kind?.case === "swiss" && kind.value.rounds) || 0) : nothing}
    ${format === "groups" ? html`${choice("groups", w.groupsN, [[0, w.auto], ...counts(2, 16)], (kind?.case === "groups" && kind.value.groups) || 0)}
      ${choice("advance", w.advance, counts(1, 4), (kind?.case === "groups" && kind.value.advance) || 2)}` : nothing}
    ${choice("bestOf", w.bestOf, [1, 3, 5].map((n) => [n, w.best(n)] as const), spec?.bestOf || 1)}
    ${choice("seeding", w.seeding, online ? [[Seeding.RESULTS, w.results], [Seeding.GIVEN, w.given], [Seeding.RANDOM, w.random]] : [[Seeding.RANDOM, w.random], [Seeding.GIVEN, w.given]], spec?.seeding || (online ? Seeding.RESULTS : Seeding.RANDOM))}
    ${online ? html`
      ${choice("checkIn", w.checkInS, [[0, w.none], [60, "1:00"], [180, "3:00"], [300, "5:00"], [600, "10:00"]], spec?.checkInS ?? 60)}
      ${choice("delay", w.delay, [0, 5, 10, 20, 30].map((n) => [n, n ? `${n} s` : w.none] as const), spec?.delayS ?? 0)}` : nothing}
    ${format === "single_elimination" || format === "groups" ? html`<label class="check wide"><input type="checkbox" name="third" data-testid="set-third" .checked=${third} />${w.thirdPlace}</label>` : nothing}`;
}
