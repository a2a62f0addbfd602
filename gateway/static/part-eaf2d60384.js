import{a as D}from"./part-e7b7b0c763.js";import{a as u,b as k,c as j,d as O,e as C,f as P,g as R}from"./part-40e1f317f0.js";import{b as B,c as U,e as V}from"./part-9902207b05.js";import{c as p,d as A}from"./part-9da9538466.js";import{a as N,c,e as S,f as I}from"./part-9561b0cf14.js";import{a as L,b as h}from"./part-0ecae24396.js";import"./part-a4bb6ea20d.js";import{b as T,d as H}from"./part-2ec53df9c5.js";import{$ as w,S as g,Z as y,a as m,aa as E,b as f,c as b,e as l,ea as F,h as n,k as $}from"./part-99e925887f.js";var M={first:4,least:2,most:32},d,s,W,q,x,v,z,K,_,i=class extends A{constructor(){super(...arguments);b(this,s);this.tab=location.hash==="#local"?"local":"online";this.places=V;this.start=j(0n);this.names=Array.from({length:M.first},()=>"");this.points=5;b(this,d,new D(this,async()=>(await E(y.method.listTournaments,{pageSize:40})).tournaments))}render(){let t=h(),e=f(this,d).value??[];return n`<main class="tournaments">
      <h1>${t.list}</h1>
      ${this.trouble?n`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>`:$}
      ${l(this,s,v).call(this,t.openNow,"open",e.filter(({sessionId:a})=>!a),f(this,d).value?t.noneOpen:g().common.loading)}
      ${l(this,s,v).call(this,t.running,"running",e.filter(({sessionId:a,phase:o})=>a&&o!==4))}
      <section class="panel settings maker" aria-labelledby="make">
        <header><h2 id="make">${t.create}</h2>${I([["online",t.online],["local",t.local]],this.tab,a=>this.tab=a,"make")}</header>
        <div role="tabpanel" aria-label=${this.tab==="online"?t.online:t.local}>${this.tab==="online"?l(this,s,K).call(this):l(this,s,_).call(this)}</div>
      </section>
      ${l(this,s,v).call(this,t.past,"past",e.filter(({phase:a})=>a===4))}
    </main>`}};d=new WeakMap,s=new WeakSet,W=function(t){t.preventDefault();let e=new FormData(t.target);this.attempt(async()=>{await p.open(),p.room.value&&await p.do({case:"leaveRoom",value:{}}),await p.do({case:"createRoom",value:{tournament:{spec:u(e),capacity:k(e),startsUnixMs:O(e,w()).at}}}),T(`/room/${p.room.value?.code??(await p.roomKnown()).code}`)})},q=function(t){t.preventDefault();let e=new FormData(t.target),a={...u(e),callS:60,restS:3},o=this.names.map((r,G)=>r.trim()||h().nameOf(G+1));this.attempt(async()=>{await F();let{entry:r}=await E(y.method.startSession,{kind:{case:"localTournament",value:{names:o,tournament:a}},ruleset:{pointsToWin:Number(e.get("points"))}});if(!r)throw new Error(g().errors.unknown);H(r),T(`/tournament/${r.sessionId}`)})},x=function(t){let e=h(),a=!t.sessionId,o=t.phase===4,r=t.startsUnixMs?C(t.startsUnixMs):"";return n`<li><a class="tour" href=${a?`/room/${t.roomCode}`:`/tournament/${t.sessionId}`} data-testid="tournament-line">
      <b>${t.spec?.title}</b>
      <small>${[U(B(t.spec)),t.organiser&&e.byOrganiser(t.organiser),a?e.taken(t.entrants,t.capacity):e.players(t.entrants),a&&r&&e.startsAt(r),o&&t.champion&&e.wonBy(L(t.champion))].filter(Boolean).join(" · ")}
        ${t.viewers?n`${S.eye()} ${e.watching(t.viewers)}`:$}</small>
      <span class="go">${a?e.join:o?e.read:e.seeIt}</span></a></li>`},v=function(t,e,a,o=""){return!a.length&&!o?$:n`<section class="stack" aria-labelledby=${e}><h2 id=${e}>${t}</h2>
      ${a.length?n`<ul class="tours" data-testid=${e}>${a.map(r=>l(this,s,x).call(this,r))}</ul>`:n`<p class="hush">${o}</p>`}</section>`},z=function(t){let e=h();return n`<div class="beside"><input aria-label=${e.nameOf(t+1)} placeholder=${e.nameOf(t+1)} maxlength="20" data-testid=${`local-name-${t}`} autocomplete="off" .value=${this.names[t]}
      @input=${a=>this.names=this.names.with(t,a.target.value)} />
      <button type="button" class="quiet icon" aria-label=${e.removeName(t+1)} title=${e.removeName(t+1)} ?disabled=${this.names.length<=M.least} @click=${()=>this.names=this.names.toSpliced(t,1)}>${S.close()}</button></div>`},K=function(){return n`<form class="stack" data-testid="create-form" @change=${e=>{let a=new FormData(e.currentTarget);[this.spec,this.places,this.start]=[u(a),k(a),O(a,w())]}} @submit=${e=>l(this,s,W).call(this,e)}>
      <div class="grid">${R(this.spec,this.places,this.start)}</div>
      <button class="button strong" data-testid="create" ?disabled=${this.busy}>${h().go}</button>
    </form>`},_=function(){let t=h();return n`<form class="stack" data-testid="local-form" @change=${a=>{let o=new FormData(a.currentTarget);[this.localSpec,this.points]=[u(o),Number(o.get("points"))]}} @submit=${a=>l(this,s,q).call(this,a)}>
      <p class="hush">${t.localHint}</p>
      <div class="names">${this.names.map((a,o)=>l(this,s,z).call(this,o))}</div>
      <button type="button" class="button" data-testid="local-add" ?disabled=${this.names.length>=M.most} @click=${()=>this.names=[...this.names,""]}>${t.addName}</button>
      <div class="grid">${R(this.localSpec,this.names.length,void 0,P("points",g().room.points,[1,3,5,7,11].map(a=>[a,String(a)]),this.points))}</div>
      <button class="button strong" data-testid="local-begin" ?disabled=${this.busy}>${t.begin}</button>
    </form>`},m([c()],i.prototype,"tab",2),m([c()],i.prototype,"spec",2),m([c()],i.prototype,"places",2),m([c()],i.prototype,"start",2),m([c()],i.prototype,"localSpec",2),m([c()],i.prototype,"names",2),m([c()],i.prototype,"points",2),i=m([N("mp-tournaments")],i);export{i as Tournaments};
