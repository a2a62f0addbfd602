import"./part-c1974a1c40.js";import{a as U,b as V,c as f,d as j,e as x,f as T,g as k}from"./part-9b8d938a9e.js";import{a as A,b as u}from"./part-3969ecf20c.js";import{f as L}from"./part-f3570ec12c.js";import{b as S,d as B}from"./part-c1f7256fd6.js";import{$ as w,R as $,S as F,U as H,Y as b,_ as C,a as l,b as g,c as y,d as M,da as D,e as n,f as m,i as h,k as I,ka as P,m as c,ma as E}from"./part-bada6917c8.js";var G=4e3,N={first:4,least:2,most:32},p,a,R,O,W,_,q,v,z,r=class extends P{constructor(){super(...arguments);y(this,a);this.names=Array.from({length:N.first},()=>"");this.points=5;this.trouble="";this.busy=!1;y(this,p)}connectedCallback(){super.connectedCallback(),n(this,a,R).call(this)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(g(this,p))}render(){let t=u(),e=this.list??[],i=s=>o=>{let d=new FormData(o.currentTarget);s(f(d),d)};return m`<main class="tournaments">
      <h1>${t.list}</h1>
      ${this.trouble?m`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>`:h}
      <mp-places></mp-places>
      ${n(this,a,v).call(this,t.openNow,"open",e.filter(({sessionId:s})=>!s),this.list?t.noneOpen:$().common.loading)}
      ${n(this,a,v).call(this,t.running,"running",e.filter(({sessionId:s,phase:o})=>s&&o!==4))}
      <div class="pair">
        <details class="panel settings" open><summary><h2>${t.create}</h2></summary>
          <form class="stack" data-testid="create-form" @change=${i(s=>this.spec=s)} @submit=${s=>n(this,a,W).call(this,s)}>
            <div class="grid">${k(this.spec,!0)}
              ${T("capacity",t.capacity,[4,8,16,32,64].map(s=>[s,String(s)]),16)}
              ${x(0n)}</div>
            <button class="button strong" data-testid="create" ?disabled=${this.busy}>${t.go}</button>
          </form></details>
        <details class="panel settings" ?open=${location.hash==="#local"}><summary><h2>${t.local}</h2></summary>
          <form class="stack" data-testid="local-form" @change=${i((s,o)=>{this.localSpec=s,this.points=Number(o.get("points"))})} @submit=${s=>n(this,a,_).call(this,s)}>
            <p class="hush">${t.localHint}</p>
            ${this.names.map((s,o)=>n(this,a,z).call(this,o))}
            <button type="button" class="button" data-testid="local-add" ?disabled=${this.names.length>=N.most} @click=${()=>this.names=[...this.names,""]}>${t.addName}</button>
            <div class="grid">${k(this.localSpec,!1)}${T("points",$().room.points,[1,3,5,7,11].map(s=>[s,String(s)]),this.points)}</div>
            <button class="button strong" data-testid="local-begin" ?disabled=${this.busy}>${t.begin}</button>
          </form></details>
      </div>
      ${n(this,a,v).call(this,t.past,"past",e.filter(({phase:s})=>s===4))}
    </main>`}};p=new WeakMap,a=new WeakSet,R=async function(){if(clearTimeout(g(this,p)),document.visibilityState==="visible")try{this.list=(await w(b.method.listTournaments,{pageSize:40})).tournaments}catch{}this.isConnected&&M(this,p,setTimeout(()=>{n(this,a,R).call(this)},G))},O=async function(t){if(!this.busy){this.busy=!0,this.trouble="";try{await t()}catch(e){this.trouble=F(e)}finally{this.busy=!1}}},W=function(t){t.preventDefault();let e=new FormData(t.target);n(this,a,O).call(this,async()=>{S(`/room/${await L.openRoom({tournament:{spec:f(e),capacity:Number(e.get("capacity")??0),startsUnixMs:j(e,C())}})}`)})},_=function(t){t.preventDefault();let e=new FormData(t.target),i={...f(e),callS:60,restS:3},s=this.names.map((o,d)=>o.trim()||u().nameOf(d+1));n(this,a,O).call(this,async()=>{await D();let{entry:o}=await w(b.method.startSession,{kind:{case:"localTournament",value:{names:s,tournament:i}},ruleset:{pointsToWin:Number(e.get("points"))}});if(!o)throw new Error($().errors.unknown);B(o),S(`/tournament/${o.sessionId}`)})},q=function(t){let e=u(),i=!t.sessionId,s=t.phase===4,o=t.startsUnixMs?H(t.startsUnixMs):"";return m`<li><a class="tour" href=${i?`/room/${t.roomCode}`:`/tournament/${t.sessionId}`} data-testid="tournament-line">
      <b>${t.spec?.title}</b>
      <small>${[V(U(t.spec)),t.organiser&&e.byOrganiser(t.organiser),i?e.taken(t.entrants,t.capacity):e.players(t.entrants),i&&o&&e.startsAt(o),s&&t.champion&&e.wonBy(A(t.champion))].filter(Boolean).join(" · ")}
        ${t.viewers?m`${E.eye()} ${e.watching(t.viewers)}`:h}</small>
      <span class="go">${i?e.join:s?e.read:e.seeIt}</span></a></li>`},v=function(t,e,i,s=""){return!i.length&&!s?h:m`<section class="stack" aria-labelledby=${e}><h2 id=${e}>${t}</h2>
      ${i.length?m`<ul class="tours" data-testid=${e}>${i.map(o=>n(this,a,q).call(this,o))}</ul>`:m`<p class="hush">${s}</p>`}</section>`},z=function(t){let e=u();return m`<div class="beside"><input aria-label=${e.nameOf(t+1)} placeholder=${e.nameOf(t+1)} maxlength="20" data-testid=${`local-name-${t}`} autocomplete="off" .value=${this.names[t]}
      @input=${i=>this.names=this.names.with(t,i.target.value)} />
      <button type="button" class="quiet icon" aria-label=${e.removeName(t+1)} title=${e.removeName(t+1)} ?disabled=${this.names.length<=N.least} @click=${()=>this.names=this.names.toSpliced(t,1)}>${E.close()}</button></div>`},l([c()],r.prototype,"list",2),l([c()],r.prototype,"spec",2),l([c()],r.prototype,"localSpec",2),l([c()],r.prototype,"names",2),l([c()],r.prototype,"points",2),l([c()],r.prototype,"trouble",2),l([c()],r.prototype,"busy",2),r=l([I("mp-tournaments")],r);export{r as Tournaments};
