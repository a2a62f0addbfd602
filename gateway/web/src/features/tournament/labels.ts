// What is said about tournaments. Apart from the other words, since few visits need them.
import { PairingKind, Stage } from "../../../gen/matchpoint/v1/tournament_pb";
import { language, words } from "../../i18n";
import { isolating } from "../../i18n/isolated";

const SHORT: Record<string, string> = {
  buchholz_cut_1: "BH-1", buchholz: "BH", sonneborn_berger: "SB", direct_encounter: "DE", head_to_head: "H2H", score_difference: "±", scored: "F",
};
const LONG: Record<string, string> = {
  buchholz_cut_1: "Buchholz without the lowest", buchholz: "Buchholz: points of all opponents", sonneborn_berger: "Sonneborn-Berger: points of those who were beaten",
  direct_encounter: "Who beat whom", head_to_head: "Points among those who are level", score_difference: "Difference of points", scored: "Points scored",
};
const LONG_KO: Record<string, string> = {
  buchholz_cut_1: "부흐홀츠 컷 1: 가장 낮은 상대를 뺀 상대 승점의 합", buchholz: "부흐홀츠: 모든 상대 승점의 합", sonneborn_berger: "존네보른-베르거: 이긴 상대 승점의 합",
  direct_encounter: "맞대결 결과", head_to_head: "동률끼리의 승점", score_difference: "득점과 실점의 차이", scored: "득점",
};

export const tournamentEn = {
  stage: (stage: Stage, round: number, toFinal: number): string => {
    switch (stage) {
      case Stage.KNOCKOUT:
        return toFinal === 0 ? "Final" : toFinal === 1 ? "Semi-finals" : toFinal === 2 ? "Quarter-finals" : `Round of ${2 ** (toFinal + 1)}`;
      case Stage.WINNERS:
        return toFinal === 0 ? "Winners final" : `Winners round ${round}`;
      case Stage.LOSERS:
        return toFinal === 0 ? "Losers final" : `Losers round ${round}`;
      case Stage.GRAND_FINAL:
        return round === 1 ? "Grand final" : "Decider";
      case Stage.THIRD_PLACE:
        return "Third place";
      default:
        return `Round ${round}`;
    }
  },
  group: (n: number) => `Group ${String.fromCharCode(64 + n)}`,
  placeOf: (place: number, group: number) => `${String.fromCharCode(64 + group)}${place}`, winnerOf: (n: number) => `Winner of ${n}`, loserOf: (n: number) => `Loser of ${n}`, nobody: "—", bracket: "Bracket",
  fit: "Show all", nearer: "Zoom in", farther: "Zoom out", follow: "Follow", followWhom: "Follow a player", everybody: "Everybody",
  on: "on now", called: "called", won: (name: string) => `${name} won`, upNext: "not played yet", open: "open", pairing: (n: number) => `Pairing ${n}`,
  watching: (n: number) => `${n} watching`, nothingOn: "Nothing is on right now.", moreOn: (n: number) => `and ${n} more`,
  title: "Tournament", boards: "Boards", table: "Table", checkIn: "I’m here", checkInTill: (time: string) => `Check in within ${time}`, checkedIn: "You are checked in.",
  phases: ["", "Check-in", "The draw", "On", "Over", "Under review"], paused: "Paused by the organiser", replay: "Replay", withdraw: "Withdraw",
  withdrawAsk: "Withdraw from the tournament?", withdrawText: "You forfeit all that remains. This cannot be taken back.", stay: "Stay in", drawing: "The draw is being made.",
  next: (name: string) => `You play ${name} next`, nextHint: "You are called as soon as both of you are free.", nextOpen: "You play the winner of another match next.",
  calledTo: (name: string) => `Your match against ${name}`, startsIn: (s: number) => `begins in ${s} s`, waitsFor: (name: string, s: number) => `waiting for ${name}, ${s} s left`,
  hasBegun: "Your match has begun!", tellMe: "Notify me when I am called", way: "Go there", youOut: "You are out. Thank you for playing.", youWon: "You are the champion!", youAbsent: "You did not check in, so you are not in the draw.", youDisqualified: "The organiser has put you out.", youWithdrew: "You have withdrawn.",
  youWait: "You are on the waiting list.", youWaitHint: "You come in for whoever does not check in.", nextUnknown: "Your next match is not known yet.",
  together: (left: string, right: string) => `Next: ${left} – ${right}`, togetherHint: "Take your places at the keyboard.",
  here: (n: number, of: number) => `${n} of ${of} are here`, till: (time: string) => `${time} left`, anotherTab: "You play this tournament in another tab.", champion: "Champion", noChampion: "No champion", cancelled: "Called off",
  featured: "Featured match", watchThis: "Watch", closeBoard: "Close the board", players: (n: number) => `${n} players`, download: "Download", allMatches: "All matches",
  gone: "This tournament cannot be found.", byForfeit: "by forfeit", byWalkover: "walkover", nobodyWon: "nobody won", event: "The event in figures",
  facts: { matches: "Matches", points: "Points", rally: "Longest rally", speed: "Fastest ball", took: "Time", upsets: "Upsets" },
  list: "Tournaments", openNow: "Open for entrants", running: "On now", past: "Over", noneOpen: "None is open. Make one.", join: "Take part", seeIt: "Watch", read: "Look back",
  taken: (n: number, of: number) => `${n} of ${of} places taken`, startsAt: (when: string) => `starts ${when}`, byOrganiser: (name: string) => `by ${name}`, wonBy: (name: string) => `won by ${name}`,
  reviewTill: (time: string) => `All is played. The result stands in ${time} unless the organiser corrects it.`, reviewPaused: "All is played. While the organiser pauses, the result does not stand yet.",
  reviewed: "All is played. The organiser can still correct the result.", provisionally: (what: string) => `${what}, provisionally`, confirm: "Confirm the result", correctOne: "Correct a result",
  create: "Make a tournament", online: "Online", local: "At one keyboard", localHint: "Type the names. Two at a time are called to play, no accounts needed.", name: "Name", nameOf: (n: number) => `Player ${n}`, addName: "Add a player", removeName: (n: number) => `Remove player ${n}`,
  titleLabel: "Title", titleDefault: "Friday cup", format: "Format", single: "Single elimination", double: "Double elimination", roundRobin: "Round robin", swiss: "Swiss", groups: "Groups, then knockout",
  formatHint: {
    single_elimination: "Who loses is out.", double_elimination: "Who loses twice is out.", round_robin: "Everybody meets everybody.", swiss: "Each round against somebody with as many points.", groups: "Groups first, then a knockout of the best.",
  } as Record<string, string>,
  fill: "Fill with bots", rules: "Rules of a match", tournamentSettings: "Tournament",
  lengths: "Other lengths in some rounds", whichRound: "Round", chooseRound: "Choose a round…", dropRound: (name: string) => `${name}: like the others`,
  wholeKnockout: "Whole knockout", wholeWinners: "Whole winners bracket", wholeLosers: "Whole losers bracket", everyRound: "Every round", groupStage: "Groups",
  beforeLast: (n: number) => (n === 0 ? "Last round" : `Last round but ${n}`),
  callWait: "Wait for absent players", rest: "Rest between matches", seconds: (n: number) => `${n} s`, more: "More settings",
  atTime: "At a set time", startAt: "Date and time", yourZone: (zone: string) => `Your time zone: ${zone}`, review: "Results can be corrected for", atOnce: "Matches at once", anyNumber: "Any number",
  thirdPlace: "Play for third place", grandFinal: "Grand final", gfDouble: "With a decider", gfSimple: "One match", gfNone: "None", rounds: "Rounds", auto: "Automatic",
  bestOf: "Matches per pairing", best: (n: number) => (n === 1 ? "One" : `Best of ${n}`), seeding: "Seeding", given: "As ranked by you", results: "By past results", random: "Drawn by lot",
  checkInS: "Check-in", none: "None", delay: "Delay for spectators", capacity: "Places", start: "Start", byHand: "When I say so", in: (m: number) => `In ${m} min`, go: "Open it", begin: "Begin",
  groupsN: "Groups", advance: "Go on from each", ranking: "Entrants, best first", up: (name: string) => `Move ${name} up`, waitingList: "Waiting list", addBot: "Add a bot", startNow: "Start the tournament", needTwo: "Two players are needed.", hostStarts: "The organiser starts it.", watchOnly: "Only watch", takePart: "Take part", onlyWatching: "Watching",
  all: "All tournaments", roundOf: (n: number, of: number) => `round ${n} of ${of}`,
  organise: "Organise", pause: "Pause", resume: "Go on", moreTime: "One more minute", callOff: "Call it off", callOffAsk: "Call the tournament off?", pairings: "Pairings", playersTitle: "Players",
  correct: "Correct", correctTitle: (n: number) => `How was pairing ${n} decided?`, whoWins: "Who wins?", nobodyWins: "Nobody", decidedHow: "How?", drawn: "A draw", correctYes: "Correct the result", leaveIt: "Leave it",
  ways: {
    [PairingKind.PLAYED]: "Played", [PairingKind.FORFEIT]: "Forfeit: begun, and given up", [PairingKind.WALKOVER]: "Walkover: never begun",
    [PairingKind.DOUBLE_FORFEIT]: "Double forfeit: neither came", [PairingKind.CANCELLED]: "Called off",
  } as Partial<Record<PairingKind, string>>,
  late: "Somebody comes late", lateWho: "Choose who comes in…", lateHere: "In the room", lateBots: "Bots", lateYes: "Let in", isInvited: (name: string) => `${name} has been invited, and comes in by accepting.`, cameIn: (name: string) => `${name} is in.`,
  reopen: "Play again", reopenAsk: "Play this again, and all that depends on it?", disqualify: "Disqualify", disqualifyAsk: (name: string) => `Disqualify ${name}?`,
  sure: "Everybody sees it at once.", yes: "Yes", no: "No",
  perPlayer: "Player by player", measures: ["Won", "Points", "Returns", "Longest rally", "Fastest ball", "In play"],
  place: "Place", entrant: "Player", bye: "bye", standings: "Standings",
  columns: [["P", "Played"], ["W", "Won"], ["D", "Drawn"], ["L", "Lost"], ["±", "Difference of points"], ["Pts", "Tournament points"]],
  tiebreakRules: (date: string): string => `Ties are broken by FIDE C.07, edition of ${date}.`,
  tiebreak: (name: string): string => SHORT[name] ?? name, tiebreakLong: (name: string): string => LONG[name] ?? name,
};

export const tournamentKo: typeof tournamentEn = {
  stage: (stage, round, toFinal) => {
    switch (stage) {
      case Stage.KNOCKOUT:
        return toFinal === 0 ? "결승" : toFinal === 1 ? "준결승" : `${2 ** (toFinal + 1)}강`;
      case Stage.WINNERS:
        return toFinal === 0 ? "승자조 결승" : `승자조 ${round}라운드`;
      case Stage.LOSERS:
        return toFinal === 0 ? "패자조 결승" : `패자조 ${round}라운드`;
      case Stage.GRAND_FINAL:
        return round === 1 ? "최종 결승" : "최종 결승 재경기";
      case Stage.THIRD_PLACE:
        return "3·4위전";
      default:
        return `${round}라운드`;
    }
  },
  group: (n) => `${String.fromCharCode(64 + n)}조`,
  placeOf: (place, group) => `${String.fromCharCode(64 + group)}조 ${place}위`, winnerOf: (n) => `${n}번 승자`, loserOf: (n) => `${n}번 패자`, nobody: "—", bracket: "대진표",
  fit: "전체 보기", nearer: "확대", farther: "축소", follow: "따라가기", followWhom: "선수 따라가기", everybody: "전체",
  on: "경기 중", called: "호출됨", won: (name) => `${name} 승리`, upNext: "아직 안 했어요", open: "미정", pairing: (n) => `${n}번 대진`,
  watching: (n) => `${n}명 관전 중`, nothingOn: "지금 진행 중인 경기가 없어요.", moreOn: (n) => `그 밖에 ${n}경기`,
  title: "토너먼트", boards: "경기 화면", table: "순위표", checkIn: "참가 확인", checkInTill: (time) => `${time} 안에 참가를 확인해 주세요`, checkedIn: "참가를 확인했어요.",
  phases: ["", "참가 확인", "대진 추첨", "진행 중", "종료", "결과 검토 중"], paused: "주최자가 잠시 멈췄어요", replay: "다시 보기", withdraw: "기권",
  withdrawAsk: "토너먼트에서 기권할까요?", withdrawText: "남은 경기를 모두 포기하게 돼요. 되돌릴 수 없어요.", stay: "계속할게요", drawing: "대진을 추첨하고 있어요.",
  next: (name) => `다음 상대는 ${name}`, nextHint: "두 사람이 모두 준비되면 바로 불러 드려요.", nextOpen: "다른 경기의 승자와 붙게 돼요.",
  calledTo: (name) => `${name} 선수와의 경기`, startsIn: (s) => `${s}초 뒤 시작해요`, waitsFor: (name, s) => `${name} 선수를 기다려요. ${s}초 남았어요`,
  hasBegun: "경기가 시작됐어요!", tellMe: "호출되면 알림 받기", way: "대회로 가기", youOut: "탈락했어요. 수고하셨어요.", youWon: "우승했어요!", youAbsent: "참가 확인을 하지 않아 대진에 들지 못했어요.", youDisqualified: "주최자가 실격 처리했어요.", youWithdrew: "기권했어요.",
  youWait: "대기자 명단에 있어요.", youWaitHint: "참가 확인을 하지 않은 사람 대신 들어가요.", nextUnknown: "다음 경기는 아직 정해지지 않았어요.",
  together: (left, right) => `다음 경기 ${left} – ${right}`, togetherHint: "키보드 앞에 앉아 주세요.",
  here: (n, of) => `${of}명 중 ${n}명이 왔어요`, till: (time) => `${time} 남았어요`, anotherTab: "이 토너먼트를 다른 탭에서 하고 있어요.", champion: "우승", noChampion: "우승자 없음", cancelled: "취소됨",
  featured: "주요 경기", watchThis: "관전", closeBoard: "화면 닫기", players: (n) => `${n}명`, download: "내려받기", allMatches: "모든 경기",
  gone: "토너먼트를 찾을 수 없어요.", byForfeit: "기권승", byWalkover: "부전승", nobodyWon: "승자 없음", event: "기록으로 보는 토너먼트",
  facts: { matches: "경기", points: "점수", rally: "가장 긴 랠리", speed: "가장 빠른 공", took: "걸린 시간", upsets: "이변" },
  list: "토너먼트", openNow: "참가 모집 중", running: "진행 중", past: "끝난 토너먼트", noneOpen: "모집 중인 토너먼트가 없어요. 하나 열어 보세요.", join: "참가하기", seeIt: "관전", read: "돌아보기",
  taken: (n, of) => `${of}자리 중 ${n}자리`, startsAt: (when) => `${when} 시작`, byOrganiser: (name) => `주최 ${name}`, wonBy: (name) => `우승 ${name}`,
  reviewTill: (time) => `경기가 모두 끝났어요. 주최자가 바로잡지 않으면 ${time} 뒤에 결과가 확정돼요.`, reviewPaused: "경기가 모두 끝났어요. 주최자가 멈춘 동안에는 결과가 확정되지 않아요.",
  reviewed: "경기가 모두 끝났어요. 주최자가 아직 결과를 바로잡을 수 있어요.", provisionally: (what) => `${what} (잠정)`, confirm: "결과 확정", correctOne: "결과 바로잡기",
  create: "토너먼트 열기", online: "온라인", local: "한 키보드에서", localHint: "이름을 적으면 두 명씩 차례로 불러요. 계정은 필요 없어요.", name: "이름", nameOf: (n) => `선수 ${n}`, addName: "선수 추가", removeName: (n) => `선수 ${n} 빼기`,
  titleLabel: "제목", titleDefault: "금요일 컵", format: "방식", single: "싱글 엘리미네이션", double: "더블 엘리미네이션", roundRobin: "풀리그", swiss: "스위스", groups: "조별 리그 뒤 토너먼트",
  formatHint: {
    single_elimination: "한 번 지면 탈락해요.", double_elimination: "두 번 지면 탈락해요.", round_robin: "모두가 서로 한 번씩 붙어요.", swiss: "라운드마다 승점이 비슷한 상대와 붙어요.", groups: "조별로 겨룬 뒤 상위 선수끼리 토너먼트를 해요.",
  },
  fill: "봇으로 채우기", rules: "경기 규칙", tournamentSettings: "토너먼트 설정",
  lengths: "라운드별 경기 수", whichRound: "라운드", chooseRound: "라운드 선택…", dropRound: (name) => `${name}: 다른 라운드와 같게`,
  wholeKnockout: "본선 전체", wholeWinners: "승자조 전체", wholeLosers: "패자조 전체", everyRound: "모든 라운드", groupStage: "조별 리그",
  beforeLast: (n) => (n === 0 ? "마지막 라운드" : `마지막에서 ${n + 1}번째 라운드`),
  callWait: "안 온 선수 기다리기", rest: "경기 사이 휴식", seconds: (n) => `${n}초`, more: "더 많은 설정",
  atTime: "시각 정하기", startAt: "시작 날짜와 시각", yourZone: (zone) => `내 시간대: ${zone}`, review: "결과를 바로잡을 수 있는 시간", atOnce: "동시에 하는 경기 수", anyNumber: "제한 없음",
  thirdPlace: "3·4위전 하기", grandFinal: "최종 결승", gfDouble: "재경기 있음", gfSimple: "한 경기", gfNone: "없음", rounds: "라운드 수", auto: "참가자 수에 맞게",
  bestOf: "대진당 경기 수", best: (n) => (n === 1 ? "단판" : `${n}판 ${(n + 1) / 2}선승`), seeding: "시드", given: "내가 정한 순서", results: "지난 성적순", random: "추첨",
  checkInS: "참가 확인", none: "없음", delay: "관전 지연", capacity: "자리 수", start: "시작", byHand: "내가 시작할 때", in: (m) => `${m}분 뒤`, go: "열기", begin: "시작하기",
  groupsN: "조 수", advance: "조별 진출", ranking: "참가자 (시드 순)", up: (name) => `${name} 위로`, waitingList: "대기자", addBot: "봇 추가", startNow: "토너먼트 시작", needTwo: "두 명 이상이 필요해요.", hostStarts: "주최자가 시작해요.", watchOnly: "관전만 하기", takePart: "참가하기", onlyWatching: "관전자",
  all: "모든 토너먼트", roundOf: (n, of) => `${of}라운드 중 ${n}라운드`,
  organise: "운영", pause: "잠시 멈춤", resume: "다시 진행", moreTime: "1분 더 주기", callOff: "토너먼트 취소", callOffAsk: "토너먼트를 취소할까요?", pairings: "대진", playersTitle: "참가자",
  correct: "바로잡기", correctTitle: (n) => `${n}번 대진의 결과는 어떻게 되나요?`, whoWins: "승자", nobodyWins: "승자 없음", decidedHow: "결정 방식", drawn: "무승부", correctYes: "결과 바로잡기", leaveIt: "그대로 두기",
  ways: {
    [PairingKind.PLAYED]: "경기로 결정", [PairingKind.FORFEIT]: "기권승: 시작한 뒤 포기", [PairingKind.WALKOVER]: "부전승: 시작하지 못함",
    [PairingKind.DOUBLE_FORFEIT]: "양쪽 실격: 둘 다 오지 않음", [PairingKind.CANCELLED]: "경기 취소",
  },
  late: "늦게 온 참가자", lateWho: "누구를 넣을까요?", lateHere: "이 방에 있는 사람", lateBots: "봇", lateYes: "참가시키기", isInvited: (name) => `${name} 님에게 초대를 보냈어요. 수락하면 참가해요.`, cameIn: (name) => `${name} 님이 참가했어요.`,
  reopen: "다시 치르기", reopenAsk: "이 대진과 그 뒤의 경기를 모두 다시 치를까요?", disqualify: "실격", disqualifyAsk: (name) => `${name} 선수를 실격 처리할까요?`,
  sure: "모두에게 바로 보여요.", yes: "네", no: "아니요",
  perPlayer: "선수별 기록", measures: ["승", "점수", "받아친 공", "가장 긴 랠리", "가장 빠른 공", "경기 시간"],
  place: "순위", entrant: "참가자", bye: "부전승", standings: "순위표",
  columns: [["경기", "치른 경기"], ["승", "이긴 경기"], ["무", "비긴 경기"], ["패", "진 경기"], ["득실", "득점과 실점의 차이"], ["승점", "승점"]],
  tiebreakRules: (date) => `동점자 순위는 FIDE C.07 ${date} 개정판을 따라요.`,
  tiebreak: (name) => SHORT[name] ?? name, tiebreakLong: (name) => LONG_KO[name] ?? name,
};

/** A bot's name in the language of the page, with its number when there are several. */
export function botName(name: string): string {
  const bot = /^Bot \((easy|medium|hard)\)( \d+)?$/.exec(name);
  return bot ? `${words().bots[bot[1] as "easy" | "medium" | "hard"]}${bot[2] ?? ""}` : name;
}

const catalogues = { en: isolating(tournamentEn), ko: isolating(tournamentKo) };

export const tournamentWords = (): typeof tournamentEn => catalogues[language.value];
