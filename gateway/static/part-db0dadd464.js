import{a as x,b as P}from"./part-8e5b5fc570.js";import{a as g,b as k,d as W,e as O,f as q,g as M}from"./part-53a49ca143.js";import{b as V,c as j,e as C}from"./part-76997c39cd.js";import"./part-de511013b5.js";import"./part-95a5c799b8.js";import{e as A}from"./part-75c109e1f1.js";import{a as B}from"./part-8a80875dca.js";import{a as L,c,e as S,f as D}from"./part-bd6f72f5ba.js";import{a as U,b as p}from"./part-984cb71b7b.js";import{a as I}from"./part-bde8013c85.js";import{d as T}from"./part-dfdfbe8bee.js";import"./part-5622b2f975.js";import{c as y}from"./part-5be584a033.js";import{W as $,_ as F,a as m,b as u,c as f,ca as w,da as E,e as l,f as R,i as o,ia as H,l as d}from"./part-12fde50a54.js";var N={first:4,least:2,most:32},b,h,s,z,_,G,v,J,K,Q,i=class extends B{constructor(){super(...arguments);f(this,s);this.tab=location.hash==="#local"?"local":"online";this.places=C;this.start=W(0n);this.names=Array.from({length:N.first},()=>"");this.points=5;f(this,b,1);f(this,h,new x(this,()=>P(async t=>{let{tournaments:e,nextPageToken:a}=await E(y.method.listTournaments,{pageSize:40,pageToken:t});return{items:e,next:a}},u(this,b))))}render(){let t=p(),e=u(this,h).value?.items??[];return o`<main class="tournaments">
      <h1>${t.list}</h1>
      ${this.trouble?o`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>`:d}
      <mp-places></mp-places>
      ${l(this,s,v).call(this,t.openNow,"open",e.filter(({sessionId:a})=>!a),u(this,h).value?t.noneOpen:$().common.loading)}
      ${l(this,s,v).call(this,t.running,"running",e.filter(({sessionId:a,phase:n})=>a&&n!==4))}
      <section class="panel settings maker" aria-labelledby="make">
        <header><h2 id="make">${t.create}</h2>${D([["online",t.online],["local",t.local]],this.tab,a=>this.tab=a,"make")}</header>
        <div role="tabpanel" aria-label=${this.tab==="online"?t.online:t.local}>${this.tab==="online"?l(this,s,K).call(this):l(this,s,Q).call(this)}</div>
      </section>
      ${l(this,s,v).call(this,t.past,"past",e.filter(({phase:a})=>a===4))}
      ${u(this,h).value?.more?o`<button class="button" data-testid="tournaments-more" @click=${()=>{R(this,b)._++,u(this,h).now()}}>${$().common.more}</button>`:d}
    </main>`}};b=new WeakMap,h=new WeakMap,s=new WeakSet,z=function(t){t.preventDefault();let e=new FormData(t.target);this.attempt(async()=>{T(`/room/${await A.openRoom({tournament:{spec:g(e),capacity:k(e),startsUnixMs:O(e,w()).at}})}`)})},_=function(t){t.preventDefault();let e=new FormData(t.target),a={...g(e),callS:60,restS:3},n=this.names.map((r,X)=>r.trim()||p().nameOf(X+1));this.attempt(async()=>{await H();let{entry:r}=await E(y.method.startSession,{kind:{case:"localTournament",value:{names:n,tournament:a}},ruleset:{pointsToWin:Number(e.get("points"))}});if(!r)throw new Error($().errors.unknown);I(r),T(`/tournament/${r.sessionId}`)})},G=function(t){let e=p(),a=!t.sessionId,n=t.phase===4,r=t.startsUnixMs?F(t.startsUnixMs):"";return o`<li><a class="tour" href=${a?`/room/${t.roomCode}`:`/tournament/${t.sessionId}`} data-testid="tournament-line">
      <b><bdi>${t.spec?.title}</bdi></b>
      <small>${[j(V(t.spec)),t.organiser&&e.byOrganiser(t.organiser),a?e.taken(t.entrants,t.capacity):e.players(t.entrants),a&&r&&e.startsAt(r),n&&t.champion&&e.wonBy(U(t.champion))].filter(Boolean).join(" · ")}
        ${t.viewers?o`${S.eye()} ${e.watching(t.viewers)}`:d}</small>
      <span class="go">${a?e.join:n?e.read:e.seeIt}</span></a></li>`},v=function(t,e,a,n=""){return!a.length&&!n?d:o`<section class="stack" aria-labelledby=${e}><h2 id=${e}>${t}</h2>
      ${a.length?o`<ul class="tours" data-testid=${e}>${a.map(r=>l(this,s,G).call(this,r))}</ul>`:o`<p class="hush">${n}</p>`}</section>`},J=function(t){let e=p();return o`<div class="beside"><input aria-label=${e.nameOf(t+1)} placeholder=${e.nameOf(t+1)} maxlength="80" data-testid=${`local-name-${t}`} autocomplete="off" .value=${this.names[t]}
      @input=${a=>this.names=this.names.with(t,a.target.value)} />
      <button type="button" class="quiet icon" aria-label=${e.removeName(t+1)} title=${e.removeName(t+1)} ?disabled=${this.names.length<=N.least} @click=${()=>this.names=this.names.toSpliced(t,1)}>${S.close()}</button></div>`},K=function(){return o`<form class="stack" data-testid="create-form" @change=${e=>{let a=new FormData(e.currentTarget);[this.spec,this.places,this.start]=[g(a),k(a),O(a,w())]}} @submit=${e=>l(this,s,z).call(this,e)}>
      <div class="grid">${M(this.spec,this.places,this.start)}</div>
      <button class="button strong" data-testid="create" ?disabled=${this.busy}>${p().go}</button>
    </form>`},Q=function(){let t=p();return o`<form class="stack" data-testid="local-form" @change=${a=>{let n=new FormData(a.currentTarget);[this.localSpec,this.points]=[g(n),Number(n.get("points"))]}} @submit=${a=>l(this,s,_).call(this,a)}>
      <p class="hush">${t.localHint}</p>
      <div class="names">${this.names.map((a,n)=>l(this,s,J).call(this,n))}</div>
      <button type="button" class="button" data-testid="local-add" ?disabled=${this.names.length>=N.most} @click=${()=>this.names=[...this.names,""]}>${t.addName}</button>
      <div class="grid">${M(this.localSpec,this.names.length,void 0,q("points",$().room.points,[1,3,5,7,11].map(a=>[a,String(a)]),this.points))}</div>
      <button class="button strong" data-testid="local-begin" ?disabled=${this.busy}>${t.begin}</button>
    </form>`},m([c()],i.prototype,"tab",2),m([c()],i.prototype,"spec",2),m([c()],i.prototype,"places",2),m([c()],i.prototype,"start",2),m([c()],i.prototype,"localSpec",2),m([c()],i.prototype,"names",2),m([c()],i.prototype,"points",2),i=m([L("mp-tournaments")],i);export{i as Tournaments};
