import{a as p}from"./part-eb96aa4dbb.js";import{C as g,f as l,i as u,p as m}from"./part-4210879913.js";var b={single_elimination:"singleElimination",double_elimination:"doubleElimination",round_robin:"roundRobin",swiss:"swiss",groups:"groups"};function $(n){let a=n?.format?.kind?.case;return Object.keys(b).find(e=>b[e]===a)??"single_elimination"}var r=(n,a)=>Number(n.get(a)??0);function E(n){let a=String(n.get("format")??"single_elimination"),e=n.get("third")!==null,i={single_elimination:{case:"singleElimination",value:{thirdPlace:e}},double_elimination:{case:"doubleElimination",value:{grandFinal:r(n,"grandFinal")}},round_robin:{case:"roundRobin",value:{}},swiss:{case:"swiss",value:{rounds:r(n,"rounds")}},groups:{case:"groups",value:{groups:r(n,"groups"),advance:r(n,"advance"),thirdPlace:e}}};return{title:String(n.get("title")??"").trim(),format:m(g,{kind:i[a]}),bestOf:r(n,"bestOf"),seeding:r(n,"seeding"),checkInS:r(n,"checkIn"),delayS:r(n,"delay")}}function o(n,a,e,i){return l`<label>${a}<select name=${n} data-testid=${`set-${n}`}>${e.map(([t,d])=>l`<option value=${t} ?selected=${String(t)===String(i)}>${d}</option>`)}</select></label>`}function F(n,a){let e=p(),i=$(n),t=n?.format?.kind,d=(s,h)=>Array.from({length:h-s+1},(f,c)=>[s+c,String(s+c)]),S=t?.case==="singleElimination"||t?.case==="groups"?!!t.value.thirdPlace:!1;return l`
    <label class="wide">${e.titleLabel}<input name="title" data-testid="set-title" maxlength="60" required .value=${n?.title||e.titleDefault} /></label>
    ${o("format",e.format,[["single_elimination",e.single],["double_elimination",e.double],["round_robin",e.roundRobin],["swiss",e.swiss],["groups",e.groups]],i)}
    <p class="hush wide">${e.formatHint[i]}</p>
    ${i==="double_elimination"?o("grandFinal",e.grandFinal,[[3,e.gfDouble],[2,e.gfSimple],[1,e.gfNone]],t?.case==="doubleElimination"&&t.value.grandFinal||3):u}
    ${i==="swiss"?o("rounds",e.rounds,[[0,e.auto],...d(2,12)],t?.case==="swiss"&&t.value.rounds||0):u}
    ${i==="groups"?l`${o("groups",e.groupsN,[[0,e.auto],...d(2,16)],t?.case==="groups"&&t.value.groups||0)}
      ${o("advance",e.advance,d(1,4),t?.case==="groups"&&t.value.advance||2)}`:u}
    ${o("bestOf",e.bestOf,[1,3,5].map(s=>[s,e.best(s)]),n?.bestOf||1)}
    ${o("seeding",e.seeding,a?[[2,e.results],[1,e.given],[3,e.random]]:[[3,e.random],[1,e.given]],n?.seeding||(a?2:3))}
    ${a?l`
      ${o("checkIn",e.checkInS,[[0,e.none],[60,"1:00"],[180,"3:00"],[300,"5:00"],[600,"10:00"]],n?.checkInS??60)}
      ${o("delay",e.delay,[0,5,10,20,30].map(s=>[s,s?`${s} s`:e.none]),n?.delayS??0)}`:u}
    ${i==="single_elimination"||i==="groups"?l`<label class="check wide"><input type="checkbox" name="third" data-testid="set-third" .checked=${S} />${e.thirdPlace}</label>`:u}`}export{E as a,o as b,F as c};
