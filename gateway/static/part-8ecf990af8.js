import{a as X}from"./part-c64f332684.js";import{a as C}from"./part-bb3f2a3263.js";import"./part-f76a60a554.js";import"./part-2d3c7e736f.js";import{a as tt}from"./part-dd30d6b44f.js";import"./part-c9dce8f801.js";import{d as G,e as r}from"./part-203412e4c5.js";import{a as Q}from"./part-e211802796.js";import{a as _,b as K,c as g,e as S,j as J}from"./part-9e81aba62d.js";import{a as Z}from"./part-b4ada8a4b5.js";import{b as j,f as B}from"./part-60c48d795b.js";import{d as O}from"./part-e45097a468.js";import"./part-a4bb6ea20d.js";import"./part-bf3e65f255.js";import{R as F,W as u,Y as U,Z as V,a as $,b as p,c as k,d as w,e as n,fa as m,i,l,pa as z}from"./part-43313368d9.js";var P,h,x,R,et,st,M=class extends Q{constructor(){super(...arguments);k(this,h);this.shows=[m];k(this,P,new Set)}willUpdate(){let t=this.room.knocks.map(({accountId:e})=>e);p(this,h,x)&&t.some(e=>!p(this,P).has(e))&&z.play("go"),w(this,P,new Set(t))}render(){let t=u().door,e=[[1,t.open],[2,t.knock],[3,t.locked]],s=this.room.door||1;return i`${n(this,h,st).call(this)}
      <div class="door">${p(this,h,x)?i`
        <span class="asks" id="door-title">${t.title}</span>
        <div class="segments" role="radiogroup" aria-labelledby="door-title" data-testid="door">${e.map(([a,d])=>i`
          <label><input type="radio" name="door" value=${a} data-testid=${`door-${a}`} .checked=${a===s} @change=${()=>n(this,h,R).call(this,{case:"setDoor",value:{door:a}})} /><span>${d}</span></label>`)}</div>
        ${this.room.sessionId?l:i`<button class="quiet" data-testid="new-code" @click=${()=>{n(this,h,et).call(this)}}>${S.renew()} ${t.newLink}</button>`}`:s===1?l:i`<p class="hush" data-testid="door-said">${s===2?t.knockSaid:t.lockedSaid}</p>`}
      </div>
      ${this.trouble?i`<p class="trouble" role="alert" data-testid="door-trouble">${this.trouble}</p>`:l}`}};P=new WeakMap,h=new WeakSet,x=function(){return this.room.hostAccountId===m.value?.accountId},R=function(t){this.attempt(()=>r.do(t))},et=async function(){let t=u().door;await C({title:t.newAsk,text:t.newText,yes:t.newYes})&&n(this,h,R).call(this,{case:"newCode",value:{}})},st=function(){let t=u().door,{knocks:e}=this.room;return e.length?i`<section class="panel knocks" aria-live="polite"><h2>${t.knocks}</h2><ul data-testid="knocks">${e.map(({accountId:s,name:a})=>i`
      <li data-testid="knock" data-name=${a}><b><bdi>${a}</bdi></b>${p(this,h,x)?i`<span class="deeds">
        <button class="button strong" data-testid="knock-accept" @click=${()=>n(this,h,R).call(this,{case:"answerKnock",value:{accountId:s,accept:!0}})}>${t.letIn}</button>
        <button class="button" data-testid="knock-decline" @click=${()=>n(this,h,R).call(this,{case:"answerKnock",value:{accountId:s,accept:!1}})}>${t.keepOut}</button></span>`:l}</li>`)}</ul></section>`:l},$([K({attribute:!1})],M.prototype,"room",2),M=$([_("mp-door")],M);var bt=1e3,ot=new Set,A,N,T,o,at,it,I,nt,f,rt,L,ct,lt,H,W,q,Y,dt,ut,mt,v=class extends J{constructor(){super(...arguments);k(this,o);this.code="";this.trouble="";this.watchable="";this.entering=!0;this.refused=0;this.copied=!1;this.shows=[r.room,r.state,r.out,m];k(this,A);k(this,N,"");k(this,T)}connectedCallback(){super.connectedCallback();let t=[r.state.watch(()=>{let e=!r.room.value&&r.out.value===0;r.state.value==="open"&&e&&!this.entering&&n(this,o,I).call(this)}),r.knockAnswered.watch(()=>n(this,o,it).call(this,r.knockAnswered.value)),r.recoded.watch(()=>r.recoded.value===this.code&&r.room.value&&O(`/room/${r.room.value.code}`,!0))];w(this,A,()=>t.forEach(e=>e()))}disconnectedCallback(){var t;super.disconnectedCallback(),(t=p(this,A))==null||t.call(this),clearTimeout(p(this,T))}updated(t){t.has("code")&&n(this,o,I).call(this),n(this,o,at).call(this)}render(){let t=u(),e=r.room.value;if(e?.code!==this.code)return n(this,o,mt).call(this);e.tournament&&import("./part-0edf2c862a.js");let s=e.members.filter(a=>!a.seated);return i`<main class="room">
      <h1 class="unseen">${t.room.title} ${e.code}</h1>
      <section class="invite panel">
        <label for="room-link">${t.room.invite}</label>
        <div><input id="room-link" data-testid="room-link" readonly .value=${p(this,o,L)} @focus=${a=>a.target.select()} />
        <button class="button strong" data-testid="room-copy" @click=${()=>{n(this,o,ct).call(this)}}>${S.copy()} ${this.copied?t.common.copied:t.common.copy}</button></div>
        <p class="code" data-testid="room-code" aria-label=${t.home.code}>${e.code}</p>
        <mp-door .room=${e}></mp-door>
      </section>
      ${r.state.value==="retrying"?i`<p class="trouble" role="status" data-testid="overlay">${t.room.reconnecting}</p>`:l}
      ${r.state.value==="replaced"?i`<p class="trouble" role="status">${t.room.elsewhere}</p>`:l}
      ${this.trouble?i`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>`:l}
      ${e.tournament?i`<mp-entrants .room=${e} .rules=${n(this,o,Y).call(this,e)} @command=${a=>{n(this,o,f).call(this,a.detail)}}></mp-entrants>`:i`<section class="seats">${n(this,o,W).call(this,e,0)}<i class="net"></i>${n(this,o,W).call(this,e,1)}</section>
          <section class="actions" data-testid="room-actions">${n(this,o,dt).call(this,e)}</section>
          <div class="pair">
            <mp-chat></mp-chat>
            <div>
              ${n(this,o,Y).call(this,e)}
              <section class="panel">
                <h2>${t.room.bench}</h2>
                ${s.length?i`<ul class="bench" data-testid="bench">${s.map(a=>i`<li>${n(this,o,q).call(this,e,a)}</li>`)}</ul>`:i`<p class="hush">${t.room.benchEmpty}</p>`}
              </section>
            </div>
          </div>`}
      <footer>${e.last?i`<a href=${`/result/${e.last.sessionId}`} data-testid="room-last">${t.room.last(e.last.result?.left??0,e.last.result?.right??0)}</a>`:l}
        <button class="quiet" data-testid="room-leave" @click=${()=>{n(this,o,rt).call(this)}}>${t.room.leave}</button></footer>
    </main>`}};A=new WeakMap,N=new WeakMap,T=new WeakMap,o=new WeakSet,at=function(){let t=r.room.value,e=t?.code===this.code?t.sessionId:"";if(!t||e===p(this,N))return;w(this,N,e),clearTimeout(p(this,T));let s=t.members.find(d=>d.accountId===m.value?.accountId),a=`/${t.tournament?"tournament":"play"}/${e}`;!e||!(s?.seated||s?.waiting)||B(a)||w(this,T,setTimeout(()=>!j(e)&&Z(()=>this.isConnected&&O(a)),bt))},it=function(t){t?.roomCode!==this.code||this.refused!==101||(t.accepted?n(this,o,I).call(this):[this.trouble,this.refused]=[u().door.refused,2])},I=async function(t=""){let{code:e}=this;this.entering=!0,this.trouble=this.watchable="",this.refused=0,this.on=void 0;try{if(await r.open(),r.room.value?.code===e)return;let s=G.elsewhere(e),a=s&&r.room.value?.code===s.roomCode?r.room.value.members.find(E=>E.accountId===m.value?.accountId):void 0,d=!a||a.seated||a.waiting;if(s&&d&&s.sessionId!==t&&!ot.has(s.sessionId)){this.on=s;return}let c=s&&!s.title?s.sessionId:"";await r.enter(e,c)}catch(s){if(e!==this.code||(this.trouble=U(s),!(s instanceof F)))return;this.refused=s.reason,s.reason===22&&(this.watchable=s.refusal.sessionId)}finally{this.entering=!1}},nt=function(t){t.title&&ot.add(t.sessionId),n(this,o,I).call(this,t.sessionId)},f=async function(t){this.trouble="";try{await r.do(t)}catch(e){this.trouble=U(e)}},rt=async function(){let t=r.room.value,e=t?.members.find(a=>a.accountId===m.value?.accountId),s=u().room;if(t?.sessionId&&(e?.seated||e?.waiting)){let a=t.tournament?s.leaveTournament:s.leaveMatch;if(!await C({title:s.leaveAsk,text:a,yes:s.leaveYes,no:s.leaveNo,danger:!!t.tournament}))return}await n(this,o,f).call(this,{case:"leaveRoom",value:{code:this.code}}),O("/")},L=function(){return`${location.origin}/room/${this.code}`},ct=async function(){try{navigator.share&&matchMedia("(pointer: coarse)").matches?await navigator.share({title:"Matchpoint",url:p(this,o,L)}):(await navigator.clipboard.writeText(p(this,o,L)),this.copied=!0,setTimeout(()=>this.copied=!1,2e3))}catch{this.querySelector("[data-testid=room-link]")?.select()}},lt=async function({accountId:t,name:e}){let s=u().door;await C({title:s.kickAsk(e),text:s.kickText,yes:s.kickYes,danger:!0})&&await n(this,o,f).call(this,{case:"kick",value:{accountId:t}})},H=function(t,e,s=t.unlisted){let{$typeName:a,...d}=t.ruleset;n(this,o,f).call(this,{case:"setSettings",value:{ruleset:{...d,...e},unlisted:s,...t.tournament?{tournament:t.tournament}:{}}})},W=function(t,e){let s=u().room,a=t.members.find(c=>c.seated&&c.seat===e),d=t.members.find(c=>c.accountId===m.value?.accountId);return i`<div class=${`seat ${e?"right":"left"} ${a?.ready?"ready":""} ${a?"":"free"}`} data-testid=${e?"seat-right":"seat-left"}>
      <small>${e?s.right:s.left}</small>
      ${a?i`${n(this,o,q).call(this,t,a)}<span class="state">${a.connected?a.ready?s.isReady:s.waiting:s.away}</span>`:i`<b class="hush">${s.free}</b>${d&&!d.seated&&!t.sessionId?i`<button class="button" data-testid="take-seat" @click=${()=>{n(this,o,f).call(this,{case:"setSeat",value:{seated:!0}})}}>${s.take}</button>`:l}`}
    </div>`},q=function(t,e){let s=u(),a=e.accountId===m.value?.accountId,d=t.hostAccountId===m.value?.accountId;return i`<b class=${e.connected?"":"absent"}><bdi>${e.name}</bdi>${a?i`<em>${s.common.you}</em>`:l}${e.accountId===t.hostAccountId?i`<em class="host">${s.room.host}</em>`:l}
      ${d&&!a?i`<button class="quiet icon small" data-testid="room-kick" aria-label=${s.room.kickWhom(e.name)} title=${s.room.kickWhom(e.name)} @click=${()=>{n(this,o,lt).call(this,e)}}>${S.close()}</button>`:l}</b>
      <mp-befriend .who=${e.accountId} .name=${e.name}></mp-befriend>`},Y=function(t){let e=u().room,s=t.ruleset,a=t.hostAccountId===m.value?.accountId&&!t.sessionId,d=(c,E,b,D)=>{let $t=D.some(([y])=>y===b)?D:[...D,[b,String(b)]];return i`<label>${E}<select data-testid=${`rule-${c}`} ?disabled=${!a} @change=${y=>n(this,o,H).call(this,t,{[c]:Number(y.target.value)})}>
        ${$t.map(([y,vt])=>i`<option value=${y} ?selected=${y===b}>${vt}</option>`)}</select></label>`};return i`<details class="panel settings" ?open=${a}>
      <summary><h2>${e.settings}</h2></summary>
      ${a?l:i`<p class="hush">${e.hostOnly}</p>`}
      <div class="grid">
        ${d("pointsToWin",e.points,s?.pointsToWin??11,[1,3,5,7,11,15,21].map(c=>[c,String(c)]))}
        ${d("startSpeed",e.speed,s?.startSpeed??11e4,[[8e4,e.slow],[11e4,e.normal],[15e4,e.fast]])}
        ${d("paddleHalfHeight",e.paddle,s?.paddleHalfHeight??7500,[[5e3,e.small],[7500,e.normal],[11e3,e.large]])}
        ${d("timeLimitS",e.time,s?.timeLimitS??1800,[180,300,600,1800].map(c=>[c,e.minutes(c/60)]))}
      </div>
      <label class="check"><input type="checkbox" .checked=${s?.directionsOnly??!1} ?disabled=${!a} @change=${c=>n(this,o,H).call(this,t,{directionsOnly:c.target.checked})} />${e.directions}</label>
      <label class="check"><input type="checkbox" data-testid="rule-unlisted" .checked=${tt(t.unlisted)} ?disabled=${!a||!!t.tournament&&!!m.value?.guest&&t.unlisted} @change=${c=>n(this,o,H).call(this,t,{},c.target.checked)} />${e.unlisted}</label>
      ${a&&t.tournament&&t.unlisted&&m.value?.guest?i`<button class="quiet hint" data-testid="list-register" @click=${()=>X.value="account"}>${u().door.guestUnlisted}</button>`:l}
    </details>`},dt=function(t){let e=u().room,s=t.members.find(b=>b.accountId===m.value?.accountId),a=t.hostAccountId===s?.accountId,d=t.members.filter(b=>b.seated),c=d.length===2&&d.every(b=>b.ready);if(t.sessionId)return i`<p>${e.playing}</p><button class="button strong" data-testid="room-to-match" @click=${()=>O(`/${s?.seated?"play":"watch"}/${t.sessionId}`)}>${s?.seated?e.toMatch:u().common.watch}</button>`;let E=d.length<2?e.needPlayer:c?a?e.canStart:e.hostStarts:e.needReady;return i`
      ${s?.seated?i`<button class=${`button ${s.ready?"":"strong"}`} data-testid="room-ready" aria-pressed=${s.ready} @click=${()=>{n(this,o,f).call(this,{case:"setReady",value:{ready:!s.ready}})}}>${s.ready?e.notReady:e.ready}</button>`:l}
      ${a?i`<button class=${`button ${c?"strong":""}`} data-testid="room-start" ?disabled=${!c} @click=${()=>{n(this,o,f).call(this,{case:"start",value:{}})}}>${e.start}</button>`:l}
      <p class="hush" aria-live="polite">${E}</p>
      ${s?.seated?i`<button class="quiet" data-testid="room-bench" @click=${()=>{n(this,o,f).call(this,{case:"setSeat",value:{seated:!1}})}}>${e.giveUp}</button>`:l}`},ut=function(t){let e=u().room,s=t.title?`/tournament/${t.sessionId}`:`/play/${t.sessionId}`;return i`<main class="narrow" data-testid="is-on">
      <h1>${t.title?i`<bdi>${t.title}</bdi>`:e.matchOn}</h1>
      <p>${t.title?e.tournamentOnText:e.matchOnText}</p>
      <div class="actions">
        <a class="button strong" href=${s} data-testid="is-on-back">${t.title?e.toTournament:e.backToMatch}</a>
        <button class="button" data-testid="is-on-enter" @click=${()=>n(this,o,nt).call(this,t)}>${e.enter(this.code)}</button>
      </div></main>`},mt=function(){let t=u(),e=r.room.value?.code??"";if(this.on)return n(this,o,ut).call(this,this.on);let s=e?t.room.inAnother:r.out.value===2?t.room.kicked:r.out.value===3?t.room.tooLongAway:"";return this.refused===101?i`<main class="narrow" data-testid="knocked"><h1>${t.room.title} ${this.code}</h1><p role="status">${t.door.asked}</p><i class="spinner"></i>
        <div class="actions"><a class="button" href=${e?`/room/${e}`:"/"}>${e?t.room.ownRoom:t.common.home}</a></div></main>`:this.entering&&!this.trouble?i`<main class="narrow"><p class="hush">${t.common.loading}</p></main>`:i`<main class="narrow">
      <h1>${t.room.title} ${this.code}</h1>
      <p class="trouble" role="alert" data-testid="trouble">${this.trouble||s||(m.value===null?V(1):t.errors.unreachable)}</p>
      <div class="actions">
        ${this.trouble&&e?i`<a class="button strong" href=${`/room/${e}`} data-testid="own-room">${t.room.ownRoom}</a>`:l}
        ${this.watchable?i`<a class="button strong" href=${`/watch/${this.watchable}`}>${t.common.watch}</a>`:r.out.value===2||this.refused===20?l:i`<button class=${this.trouble&&e?"button":"button strong"} @click=${()=>{n(this,o,I).call(this)}}>${this.trouble?t.common.retry:e?t.room.comeBack:s?t.room.rejoin:t.common.retry}</button>`}
        <a class="button" href="/">${t.common.home}</a>
      </div></main>`},$([K()],v.prototype,"code",2),$([g()],v.prototype,"trouble",2),$([g()],v.prototype,"watchable",2),$([g()],v.prototype,"entering",2),$([g()],v.prototype,"refused",2),$([g()],v.prototype,"on",2),$([g()],v.prototype,"copied",2),v=$([_("mp-room")],v);export{v as Room};
