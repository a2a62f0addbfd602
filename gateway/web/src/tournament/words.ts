// What is said about tournaments. Apart from the other words, since few visits need them.
import { Stage } from "../../gen/matchpoint/v1/tournament_pb";
import { language } from "../i18n";

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

const en = {
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
  winnerOf: (n: number) => `Winner of ${n}`, loserOf: (n: number) => `Loser of ${n}`, nobody: "—", bracket: "Bracket",
  fit: "Show all", nearer: "Zoom in", farther: "Zoom out", follow: "Follow", followWhom: "Follow a player", everybody: "Everybody",
  on: "on now", called: "called", won: (name: string) => `${name} won`, upNext: "not played yet", open: "open", pairing: (n: number) => `Pairing ${n}`,
  watching: (n: number) => `${n} watching`, nothingOn: "Nothing is on right now.", moreOn: (n: number) => `and ${n} more`,
  title: "Tournament", boards: "Boards", table: "Table", checkIn: "I’m here", checkInTill: (time: string) => `Check in within ${time}`, checkedIn: "You are checked in.",
  phases: ["", "Check-in", "The draw", "On", "Over"], paused: "Paused by the organiser", replay: "Replay", withdraw: "Withdraw",
  withdrawAsk: "Withdraw from the tournament?", withdrawText: "You forfeit all that remains. This cannot be taken back.", stay: "Stay in", drawing: "The draw",
  next: (name: string) => `You play ${name} next`, nextHint: "You are called as soon as both of you are free.", nextOpen: "You play the winner of another match next.",
  calledTo: (name: string) => `Your match against ${name}`, startsIn: (s: number) => `begins in ${s} s`, waitsFor: (name: string, s: number) => `waiting for ${name}, ${s} s left`,
  youOut: "You are out. Thank you for playing.", youWon: "You are the champion!", champion: "Champion", noChampion: "No champion", cancelled: "Called off",
  featured: "Featured match", watchThis: "Watch", closeBoard: "Close the board", players: (n: number) => `${n} players`, download: "Download", allMatches: "All matches",
  gone: "This tournament cannot be found.", byForfeit: "by forfeit", byWalkover: "walkover", nobodyWon: "nobody won", event: "The event in figures",
  facts: { matches: "Matches", points: "Points", rally: "Longest rally", speed: "Fastest ball", took: "Time", upsets: "Upsets" },
  all: "All tournaments", roundOf: (n: number, of: number) => `round ${n} of ${of}`,
  organise: "Organise", pause: "Pause", resume: "Go on", moreTime: "One more minute", callOff: "Call it off", callOffAsk: "Call the tournament off?", pairings: "Pairings", playersTitle: "Players",
  wins: (name: string) => `${name} wins`, reopen: "Play again", reopenAsk: "Play this again, and all that depends on it?", disqualify: "Disqualify", disqualifyAsk: (name: string) => `Disqualify ${name}?`,
  sure: "Everybody sees it at once.", yes: "Yes", no: "No",
  place: "Place", entrant: "Player", bye: "bye", standings: "Standings",
  columns: [["P", "Played"], ["W", "Won"], ["D", "Drawn"], ["L", "Lost"], ["±", "Difference of points"], ["Pts", "Tournament points"]],
  tiebreak: (name: string): string => SHORT[name] ?? name, tiebreakLong: (name: string): string => LONG[name] ?? name,
};

const ko: typeof en = {
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
  winnerOf: (n) => `${n}번 승자`, loserOf: (n) => `${n}번 패자`, nobody: "—", bracket: "대진표",
  fit: "전체 보기", nearer: "확대", farther: "축소", follow: "따라가기", followWhom: "선수 따라가기", everybody: "전체",
  on: "경기 중", called: "호출됨", won: (name) => `${name} 승리`, upNext: "아직 안 했어요", open: "미정", pairing: (n) => `${n}번 대진`,
  watching: (n) => `${n}명 관전 중`, nothingOn: "지금 진행 중인 경기가 없어요.", moreOn: (n) => `그 밖에 ${n}경기`,
  title: "토너먼트", boards: "경기 화면", table: "순위표", checkIn: "참가 확인", checkInTill: (time) => `${time} 안에 참가를 확인해 주세요`, checkedIn: "참가를 확인했어요.",
  phases: ["", "참가 확인", "대진 추첨", "진행 중", "종료"], paused: "주최자가 잠시 멈췄어요", replay: "다시 보기", withdraw: "기권",
  withdrawAsk: "토너먼트에서 기권할까요?", withdrawText: "남은 경기를 모두 포기하게 돼요. 되돌릴 수 없어요.", stay: "계속할게요", drawing: "대진 추첨",
  next: (name) => `다음 상대는 ${name}`, nextHint: "두 사람이 모두 준비되면 바로 불러 드려요.", nextOpen: "다른 경기의 승자와 붙게 돼요.",
  calledTo: (name) => `${name} 선수와의 경기`, startsIn: (s) => `${s}초 뒤 시작해요`, waitsFor: (name, s) => `${name} 선수를 기다려요. ${s}초 남았어요`,
  youOut: "탈락했어요. 수고하셨어요.", youWon: "우승했어요!", champion: "우승", noChampion: "우승자 없음", cancelled: "취소됨",
  featured: "주요 경기", watchThis: "관전", closeBoard: "화면 닫기", players: (n) => `${n}명`, download: "내려받기", allMatches: "모든 경기",
  gone: "토너먼트를 찾을 수 없어요.", byForfeit: "기권승", byWalkover: "부전승", nobodyWon: "승자 없음", event: "기록으로 보는 토너먼트",
  facts: { matches: "경기", points: "점수", rally: "가장 긴 랠리", speed: "가장 빠른 공", took: "걸린 시간", upsets: "이변" },
  all: "모든 토너먼트", roundOf: (n, of) => `${of}라운드 중 ${n}라운드`,
  organise: "운영", pause: "잠시 멈춤", resume: "다시 진행", moreTime: "1분 더 주기", callOff: "토너먼트 취소", callOffAsk: "토너먼트를 취소할까요?", pairings: "대진", playersTitle: "참가자",
  wins: (name) => `${name} 승리`, reopen: "다시 치르기", reopenAsk: "이 대진과 그 뒤의 경기를 모두 다시 치를까요?", disqualify: "실격", disqualifyAsk: (name) => `${name} 선수를 실격 처리할까요?`,
  sure: "모두에게 바로 보여요.", yes: "네", no: "아니요",
  place: "순위", entrant: "참가자", bye: "부전승", standings: "순위표",
  columns: [["경기", "치른 경기"], ["승", "이긴 경기"], ["무", "비긴 경기"], ["패", "진 경기"], ["득실", "득점과 실점의 차이"], ["승점", "승점"]],
  tiebreak: (name) => SHORT[name] ?? name, tiebreakLong: (name) => LONG_KO[name] ?? name,
};

export const tournamentWords = (): typeof en => (language.value === "ko" ? ko : en);
