import{b as L}from"./part-44060cea2c.js";import"./part-ec6eef5cde.js";import{e as g}from"./part-75c109e1f1.js";import"./part-8a80875dca.js";import{a as U,b as _,c as I,e as N,h as m,i as j,j as D}from"./part-bd6f72f5ba.js";import{b as M,i as B,j as C}from"./part-bde8013c85.js";import{d as R}from"./part-dfdfbe8bee.js";import"./part-5622b2f975.js";import{c as A}from"./part-5be584a033.js";import{$ as T,R as k,W as S,Y as P,a as w,c as O,da as H,e as p,fa as F,ga as E,i as l,j as x,l as h}from"./part-12fde50a54.js";var f=640;function K(u,v){let s=Math.max(1,...u.map(o=>Math.max(o.left,o.right))),n=Math.max(1,u.at(-1)?.t??1),i=o=>28+o/n*(f-56),e=o=>176-o/s*152,r=o=>u.reduce((d,y)=>`${d}H${i(y.t).toFixed(1)}V${e(o(y)).toFixed(1)}`,`M${i(0)} ${e(0)}`),a=Array.from({length:s+1},(o,d)=>d).filter(o=>o%Math.ceil(s/5)===0);return l`<svg class="chart timeline" viewBox="0 0 ${f} ${200}" role="img" aria-label=${v} data-testid="result-timeline">
    ${a.map(o=>x`<line class="grid" x1="28" x2=${f-28} y1=${e(o)} y2=${e(o)}/><text x="20" y=${e(o)+4} text-anchor="end">${o}</text>`)}
    <path class="left" d=${r(o=>o.left)} /><path class="right" d=${r(o=>o.right)} />
    ${u.map(o=>x`<circle class=${o.scorer===1?"left":"right"} cx=${i(o.t)} cy=${e(o.scorer===1?o.left:o.right)} r="4.500"/>`)}
  </svg>`}function V(u,v){let s=Math.max(4,...u.map(i=>i.rallyHits)),n=(f-24)/Math.max(u.length,12);return l`<svg class="chart rallies" viewBox="0 0 ${f} ${120}" role="img" aria-label=${v} data-testid="result-rallies">
    <line class="grid" x1="12" x2=${f-12} y1=${100} y2=${100} />
    ${u.map((i,e)=>{let r=Math.max(2,i.rallyHits/s*76),a=12+e*n;return x`<rect class=${i.scorer===1?"left":"right"} x=${a+n*.18} y=${100-r} width=${n*.64} height=${r} rx="2"/><text x=${a+n/2} y=${94-r} text-anchor="middle">${i.rallyHits}</text>`})}
  </svg>`}function W(u,v,t,s){let i=t+900,e=(r,a,o)=>x`
    <rect class="paddle" x=${a-5} y="10" width="10" height=${140} rx="3"/>
    <line class="grid" x1=${a-150} x2=${a+150} y1=${160/2} y2=${160/2}/>
    ${r.slice(-160).map((d,y,$)=>x`<circle class=${o} cx=${a+(o==="left"?1:-1)*(16+($.length<2?0:y/($.length-1)*120))} cy=${160/2+d/i*(160/2-12)} r="3.500"/>`)}`;return l`<svg class="chart contacts" viewBox="0 0 ${f} ${160}" role="img" aria-label=${s} data-testid="result-contacts">
    ${e(u?.contactOffsets??[],160,"left")}${e(v?.contactOffsets??[],f-160,"right")}
  </svg>`}var it=1e3,G=8,c,q,z,J,Q,X,Y,Z,b=class extends D{constructor(){super(...arguments);O(this,c);this.session="";this.trouble="";this.busy=!1;this.shows=[g.room,F]}updated(t){t.has("session")&&p(this,c,q).call(this)}render(){let t=S(),s=this.shown,n=s?.seats.length===1&&s.bot?{kind:"bot",strength:s.bot}:void 0,i=M(this.session)?.again??n,e=g.room.value,r=i?.kind==="room"?i.code:e?.last?.sessionId===this.session?e.code:void 0,a=l`<div class="actions">
      ${i&&i.kind!=="room"?l`<button class="button strong" data-testid="result-again" ?disabled=${this.busy} @click=${()=>{p(this,c,z).call(this,i)}}>${t.result.again}</button>`:h}
      ${r?l`${s?.seats.length===1?l`<button class="button strong" data-testid="result-rematch" ?disabled=${this.busy} @click=${()=>{p(this,c,J).call(this,r)}}>${t.result.rematch}</button>`:h}
        <button class="button" data-testid="result-room" @click=${()=>R(`/room/${r}`)}>${t.result.toRoom}</button>`:h}
      ${s&&!s.seats.length?l`<button class="button strong" data-testid="result-watch" ?disabled=${this.busy} @click=${()=>{p(this,c,Q).call(this)}}>${t.watch.another}</button>`:h}
      ${s&&!s.house?l`<a class="button" href=${`/replay/${this.session}/1`} data-testid="result-replay">${N.play()} ${t.replay.watch}</a>
        <a class="quiet" href=${`/replay/${this.session}/1.journal`} download data-testid="result-journal" title=${t.result.journalHint}>${t.result.journal}</a>`:h}
      <a class="button" href="/" data-testid="result-home">${t.common.home}</a>
    </div>`;if(!s)return l`<main class="narrow"><h1>${t.result.title}</h1><p class=${this.trouble?"trouble":"hush"} role="status">${this.trouble||t.common.loading}</p>${a}</main>`;let{result:o}=s,d=o.stats?.game.case==="pong"?o.stats.game.value:void 0,y=$=>d?.points.length?t.result.seconds((d.points.reduce((tt,et)=>tt+$(et),0)/d.points.length/1e6).toFixed(1)):t.result.none;return l`<main class="result" data-testid="result">
      <section class="final">
        ${p(this,c,Y).call(this,s)}
        <div class="board">
          <div class=${`player left ${s.seats.length===1&&s.seats[0]===0?"own":""}`}><b data-testid="result-name-left"><bdi>${s.left}</bdi></b></div>
          <div class="digits"><span data-testid="result-left">${o.left}</span><i></i><span data-testid="result-right">${o.right}</span></div>
          <div class=${`player right ${s.seats.length===1&&s.seats[0]===1?"own":""}`}><b data-testid="result-name-right"><bdi>${s.right}</bdi></b></div>
        </div>
        ${p(this,c,X).call(this,s)}
        ${s.worth==="all"?h:l`<p class="hush" data-testid="result-worth" title=${s.worth==="not rated"?t.result.notRatedHint:t.result.notCountedHint}>${s.worth==="not rated"?t.result.notRated:t.result.notCounted}</p>`}
        ${a}
        ${this.trouble?l`<p class="trouble" role="alert">${this.trouble}</p>`:h}
      </section>
      ${d&&d.points.length+d.hits>0?l`
        <dl class="facts">
          <div><dt>${t.result.duration}</dt><dd data-testid="result-duration">${j(o.durationUs)}</dd></div>
          <div><dt>${t.result.point}</dt><dd data-testid="result-point">${y($=>$.pointUs)}</dd></div>
          <div><dt>${t.result.serve}</dt><dd data-testid="result-serve">${y($=>$.serveUs)}</dd></div>
          <div><dt>${t.result.longest}</dt><dd data-testid="result-longest">${t.result.hitsUnit(d.longestRally)}</dd></div>
          <div><dt>${t.result.top}</dt><dd data-testid="result-top-speed">${m(d.topSpeed/100)}<small>${t.result.speedUnit}</small></dd></div>
          <div><dt>${t.result.hits}</dt><dd data-testid="result-hits">${m(d.hits)}</dd></div>
        </dl>
        <section class="panel"><h2>${t.result.statistics}</h2>${p(this,c,Z).call(this,d)}</section>
        ${d.points.length?l`<section class="panel"><h2>${t.result.timeline}</h2>${K(d.points,t.result.timeline)}</section>
        <section class="panel"><h2>${t.result.rallies}</h2>${V(d.points,t.result.rallies)}</section>`:h}
        <section class="panel"><h2>${t.result.contact}</h2><p class="hush">${t.result.contactHint}</p>${W(d.left,d.right,s.half,t.result.contact)}</section>`:h}
    </main>`}};c=new WeakSet,q=async function(){let t=this.session;this.shown=void 0,this.trouble="";let s=B(t);if(s){let{card:n,result:i,seats:e}=s;this.shown={left:T(n.left),right:T(n.right),accounts:[n.left?.accountId??"",n.right?.accountId??""],house:!!(n.left?.bot&&n.right?.bot),half:n.ruleset?.paddleHalfHeight||7500,result:i,seats:e,bot:n.left?.bot||n.right?.bot||0,worth:"all"};return}for(let n=0;n<G&&this.isConnected&&t===this.session;n++)try{let i=await E(),{match:e}=await H(L.method.getMatch,{sessionId:t}),r=e?.spec?.seats??[];this.shown={left:T(r.find(a=>a.seat===0)),right:T(r.find(a=>a.seat===1)),house:!1,accounts:[r.find(a=>a.seat===0)?.accountId??"",r.find(a=>a.seat===1)?.accountId??""],half:e?.spec?.ruleset?.paddleHalfHeight||7500,result:e.result,seats:r.filter(a=>i&&a.accountId===i.accountId).map(a=>a.seat),bot:r.find(a=>a.bot)?.bot??0,worth:e.counted?!e.rated&&r.every(a=>a.accountId)?"not rated":"all":"not counted"};return}catch(i){let e=i instanceof k&&i.reason===52&&!!M(t);this.trouble=e&&n===G-1?S().result.nobodyCame:P(i),await new Promise(r=>setTimeout(r,it))}},z=async function(t){if(t.kind==="room"){R(`/room/${t.code}`);return}this.busy=!0;try{await C(t)}catch(s){this.trouble=P(s)}finally{this.busy=!1}},J=async function(t){this.busy=!0;try{await g.open(),g.room.value?.code!==t&&await g.enter(t),await g.roomOpen(t),await g.do({case:"setReady",value:{ready:!0}})}catch{}this.busy=!1,R(`/room/${t}`)},Q=async function(){this.busy=!0;try{let{sessions:t}=await H(A.method.listSessions,{pageSize:2}),s=t.find(n=>n.sessionId!==this.session);R(s?`/watch/${s.sessionId}`:"/")}catch(t){this.trouble=P(t)}finally{this.busy=!1}},X=function({seats:t,accounts:s,left:n,right:i}){let e=t.length===1?1-t[0]:void 0;return e===void 0||!s[e]?h:l`<mp-befriend .who=${s[e]} .name=${e?i:n} .named=${!0}></mp-befriend>`},Y=function({result:t,left:s,right:n,seats:i}){let e=S().result,r=t.winner===1?0:t.winner===2?1:void 0,a=t.outcome===3?e.draw:r===void 0?e.void:i.length===1?i[0]===r?e.won:e.lost:e.wins(r===0?s:n);return l`<h1 data-testid="result-headline" class=${i.length===1&&r!==void 0?i[0]===r?"won":"lost":""}>${a}</h1>
      ${t.outcome===2?l`<p class="hush">${e.forfeit}</p>`:h}`},Z=function(t){let s=S().result,n=e=>e?`${e<1e3?"<1":m(e/1e3)} ms`:s.none,i=[[s.hits,"hits",e=>m(e?.hits??0)],[s.misses,"misses",e=>m(e?.misses??0)],[s.top,"top-speed",e=>e?.topSpeed?`${m(e.topSpeed/100)} ${s.speedUnit}`:s.none],[s.distance,"distance",e=>`${m((e?.distance??0)/100)} ${s.lengthUnit}`],[s.reaction,"reaction",e=>n(e?.reactionUs)],[s.latency,"latency",e=>n(e?.latency?.rttUs)]];return(t.left?.latency?.saves||t.right?.latency?.saves)&&i.push([s.saved,"saves",e=>m(e?.latency?.saves??0)]),l`<table data-testid="result-table"><tbody>
      ${i.map(([e,r,a])=>l`<tr><td class="left" data-testid=${`result-${r}-left`}>${a(t.left)}</td><th scope="row">${e}</th><td class="right" data-testid=${`result-${r}-right`}>${a(t.right)}</td></tr>`)}
    </tbody></table>`},w([_()],b.prototype,"session",2),w([I()],b.prototype,"shown",2),w([I()],b.prototype,"trouble",2),w([I()],b.prototype,"busy",2),b=w([U("mp-result")],b);export{b as Result};
