import{a as A,b as U,c as f,d as V,e as j,f as x,g as k,h as R}from"./part-fa2a337509.js";import{a as P,b as d}from"./part-b999919b81.js";import{e as p}from"./part-6692c68924.js";import{b as E,d as B}from"./part-10d958d49b.js";import{R as v,S as H,X as w,Z as C,_ as S,a as l,b as y,c as b,ca as D,d as I,e as n,f as m,i as $,ja as L,k as F,la as T,m as c}from"./part-8948f09412.js";var K=4e3,N={first:4,least:2,most:32},u,a,O,M,W,_,q,g,z,r=class extends L{constructor(){super(...arguments);b(this,a);this.names=Array.from({length:N.first},()=>"");this.points=5;this.trouble="";this.busy=!1;b(this,u)}connectedCallback(){super.connectedCallback(),n(this,a,O).call(this)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(y(this,u))}render(){let t=d(),e=this.list??[],i=s=>o=>{let h=new FormData(o.currentTarget);s(f(h),h)};return m`<main class="tournaments">
      <h1>${t.list}</h1>
      ${this.trouble?m`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>`:$}
      ${n(this,a,g).call(this,t.openNow,"open",e.filter(({sessionId:s})=>!s),this.list?t.noneOpen:v().common.loading)}
      ${n(this,a,g).call(this,t.running,"running",e.filter(({sessionId:s,phase:o})=>s&&o!==4))}
      <div class="pair">
        <details class="panel settings" open><summary><h2>${t.create}</h2></summary>
          <form class="stack" data-testid="create-form" @change=${i(s=>this.spec=s)} @submit=${s=>n(this,a,W).call(this,s)}>
            <div class="grid">${R(this.spec,!0)}
              ${k("capacity",t.capacity,[4,8,16,32,64].map(s=>[s,String(s)]),16)}
              ${x(0n)}</div>
            <button class="button strong" data-testid="create" ?disabled=${this.busy}>${t.go}</button>
          </form></details>
        <details class="panel settings" ?open=${location.hash==="#local"}><summary><h2>${t.local}</h2></summary>
          <form class="stack" data-testid="local-form" @change=${i((s,o)=>{this.localSpec=s,this.points=Number(o.get("points"))})} @submit=${s=>n(this,a,_).call(this,s)}>
            <p class="hush">${t.localHint}</p>
            ${this.names.map((s,o)=>n(this,a,z).call(this,o))}
            <button type="button" class="button" data-testid="local-add" ?disabled=${this.names.length>=N.most} @click=${()=>this.names=[...this.names,""]}>${t.addName}</button>
            <div class="grid">${R(this.localSpec,!1)}${k("points",v().room.points,[1,3,5,7,11].map(s=>[s,String(s)]),this.points)}</div>
            <button class="button strong" data-testid="local-begin" ?disabled=${this.busy}>${t.begin}</button>
          </form></details>
      </div>
      ${n(this,a,g).call(this,t.past,"past",e.filter(({phase:s})=>s===4))}
    </main>`}};u=new WeakMap,a=new WeakSet,O=async function(){if(clearTimeout(y(this,u)),document.visibilityState==="visible")try{this.list=(await S(w.method.listTournaments,{pageSize:40})).tournaments}catch{}this.isConnected&&I(this,u,setTimeout(()=>{n(this,a,O).call(this)},K))},M=async function(t){if(!this.busy){this.busy=!0,this.trouble="";try{await t()}catch(e){this.trouble=H(e)}finally{this.busy=!1}}},W=function(t){t.preventDefault();let e=new FormData(t.target);n(this,a,M).call(this,async()=>{await p.open(),p.room.value&&await p.do({case:"leaveRoom",value:{}}),await p.do({case:"createRoom",value:{tournament:{spec:f(e),capacity:Number(e.get("capacity")??0),startsUnixMs:V(e,C())}}}),E(`/room/${p.room.value?.code??(await p.roomKnown()).code}`)})},_=function(t){t.preventDefault();let e=new FormData(t.target),i={...f(e),callS:60,restS:3},s=this.names.map((o,h)=>o.trim()||d().nameOf(h+1));n(this,a,M).call(this,async()=>{await D();let{entry:o}=await S(w.method.startSession,{kind:{case:"localTournament",value:{names:s,tournament:i}},ruleset:{pointsToWin:Number(e.get("points"))}});if(!o)throw new Error(v().errors.unknown);B(o),E(`/tournament/${o.sessionId}`)})},q=function(t){let e=d(),i=!t.sessionId,s=t.phase===4,o=t.startsUnixMs?j(t.startsUnixMs):"";return m`<li><a class="tour" href=${i?`/room/${t.roomCode}`:`/tournament/${t.sessionId}`} data-testid="tournament-line">
      <b>${t.spec?.title}</b>
      <small>${[U(A(t.spec)),t.organiser&&e.byOrganiser(t.organiser),i?e.taken(t.entrants,t.capacity):e.players(t.entrants),i&&o&&e.startsAt(o),s&&t.champion&&e.wonBy(P(t.champion))].filter(Boolean).join(" · ")}
        ${t.viewers?m`${T.eye()} ${e.watching(t.viewers)}`:$}</small>
      <span class="go">${i?e.join:s?e.read:e.seeIt}</span></a></li>`},g=function(t,e,i,s=""){return!i.length&&!s?$:m`<section class="stack" aria-labelledby=${e}><h2 id=${e}>${t}</h2>
      ${i.length?m`<ul class="tours" data-testid=${e}>${i.map(o=>n(this,a,q).call(this,o))}</ul>`:m`<p class="hush">${s}</p>`}</section>`},z=function(t){let e=d();return m`<div class="beside"><input aria-label=${e.nameOf(t+1)} placeholder=${e.nameOf(t+1)} maxlength="20" data-testid=${`local-name-${t}`} autocomplete="off" .value=${this.names[t]}
      @input=${i=>this.names=this.names.with(t,i.target.value)} />
      <button type="button" class="quiet icon" aria-label=${e.removeName(t+1)} title=${e.removeName(t+1)} ?disabled=${this.names.length<=N.least} @click=${()=>this.names=this.names.toSpliced(t,1)}>${T.close()}</button></div>`},l([c()],r.prototype,"list",2),l([c()],r.prototype,"spec",2),l([c()],r.prototype,"localSpec",2),l([c()],r.prototype,"names",2),l([c()],r.prototype,"points",2),l([c()],r.prototype,"trouble",2),l([c()],r.prototype,"busy",2),r=l([F("mp-tournaments")],r);export{r as Tournaments};
