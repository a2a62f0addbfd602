import{a as L}from"./part-1b48277726.js";import{a as h,b as S,d as C,e as k,f as P,g as O}from"./part-16ebc97691.js";import{b as U,c as V,e as j}from"./part-60415a88cb.js";import{d as I,e as D}from"./part-31713b41e2.js";import{a as N,c,e as T,f as A}from"./part-6240607ed1.js";import{a as B,b as p}from"./part-b094ef3f84.js";import"./part-a4bb6ea20d.js";import{d as E,f as H}from"./part-e08c853b0f.js";import{T as $,X as R,_ as v,a as m,b,c as f,da as y,e as l,ea as w,h as o,ia as F,k as d}from"./part-1e038ca3f8.js";var M={first:4,least:2,most:32},u,s,W,q,x,g,z,_,G,i=class extends D{constructor(){super(...arguments);f(this,s);this.tab=location.hash==="#local"?"local":"online";this.places=j;this.start=C(0n);this.names=Array.from({length:M.first},()=>"");this.points=5;f(this,u,new L(this,async()=>(await w(v.method.listTournaments,{pageSize:40})).tournaments))}render(){let t=p(),e=b(this,u).value??[];return o`<main class="tournaments">
      <h1>${t.list}</h1>
      ${this.trouble?o`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>`:d}
      <mp-places></mp-places>
      ${l(this,s,g).call(this,t.openNow,"open",e.filter(({sessionId:a})=>!a),b(this,u).value?t.noneOpen:$().common.loading)}
      ${l(this,s,g).call(this,t.running,"running",e.filter(({sessionId:a,phase:n})=>a&&n!==4))}
      <section class="panel settings maker" aria-labelledby="make">
        <header><h2 id="make">${t.create}</h2>${A([["online",t.online],["local",t.local]],this.tab,a=>this.tab=a,"make")}</header>
        <div role="tabpanel" aria-label=${this.tab==="online"?t.online:t.local}>${this.tab==="online"?l(this,s,_).call(this):l(this,s,G).call(this)}</div>
      </section>
      ${l(this,s,g).call(this,t.past,"past",e.filter(({phase:a})=>a===4))}
    </main>`}};u=new WeakMap,s=new WeakSet,W=function(t){t.preventDefault();let e=new FormData(t.target);this.attempt(async()=>{E(`/room/${await I.openRoom({tournament:{spec:h(e),capacity:S(e),startsUnixMs:k(e,y()).at}})}`)})},q=function(t){t.preventDefault();let e=new FormData(t.target),a={...h(e),callS:60,restS:3},n=this.names.map((r,J)=>r.trim()||p().nameOf(J+1));this.attempt(async()=>{await F();let{entry:r}=await w(v.method.startSession,{kind:{case:"localTournament",value:{names:n,tournament:a}},ruleset:{pointsToWin:Number(e.get("points"))}});if(!r)throw new Error($().errors.unknown);H(r),E(`/tournament/${r.sessionId}`)})},x=function(t){let e=p(),a=!t.sessionId,n=t.phase===4,r=t.startsUnixMs?R(t.startsUnixMs):"";return o`<li><a class="tour" href=${a?`/room/${t.roomCode}`:`/tournament/${t.sessionId}`} data-testid="tournament-line">
      <b><bdi>${t.spec?.title}</bdi></b>
      <small>${[V(U(t.spec)),t.organiser&&e.byOrganiser(t.organiser),a?e.taken(t.entrants,t.capacity):e.players(t.entrants),a&&r&&e.startsAt(r),n&&t.champion&&e.wonBy(B(t.champion))].filter(Boolean).join(" · ")}
        ${t.viewers?o`${T.eye()} ${e.watching(t.viewers)}`:d}</small>
      <span class="go">${a?e.join:n?e.read:e.seeIt}</span></a></li>`},g=function(t,e,a,n=""){return!a.length&&!n?d:o`<section class="stack" aria-labelledby=${e}><h2 id=${e}>${t}</h2>
      ${a.length?o`<ul class="tours" data-testid=${e}>${a.map(r=>l(this,s,x).call(this,r))}</ul>`:o`<p class="hush">${n}</p>`}</section>`},z=function(t){let e=p();return o`<div class="beside"><input aria-label=${e.nameOf(t+1)} placeholder=${e.nameOf(t+1)} maxlength="20" data-testid=${`local-name-${t}`} autocomplete="off" .value=${this.names[t]}
      @input=${a=>this.names=this.names.with(t,a.target.value)} />
      <button type="button" class="quiet icon" aria-label=${e.removeName(t+1)} title=${e.removeName(t+1)} ?disabled=${this.names.length<=M.least} @click=${()=>this.names=this.names.toSpliced(t,1)}>${T.close()}</button></div>`},_=function(){return o`<form class="stack" data-testid="create-form" @change=${e=>{let a=new FormData(e.currentTarget);[this.spec,this.places,this.start]=[h(a),S(a),k(a,y())]}} @submit=${e=>l(this,s,W).call(this,e)}>
      <div class="grid">${O(this.spec,this.places,this.start)}</div>
      <button class="button strong" data-testid="create" ?disabled=${this.busy}>${p().go}</button>
    </form>`},G=function(){let t=p();return o`<form class="stack" data-testid="local-form" @change=${a=>{let n=new FormData(a.currentTarget);[this.localSpec,this.points]=[h(n),Number(n.get("points"))]}} @submit=${a=>l(this,s,q).call(this,a)}>
      <p class="hush">${t.localHint}</p>
      <div class="names">${this.names.map((a,n)=>l(this,s,z).call(this,n))}</div>
      <button type="button" class="button" data-testid="local-add" ?disabled=${this.names.length>=M.most} @click=${()=>this.names=[...this.names,""]}>${t.addName}</button>
      <div class="grid">${O(this.localSpec,this.names.length,void 0,P("points",$().room.points,[1,3,5,7,11].map(a=>[a,String(a)]),this.points))}</div>
      <button class="button strong" data-testid="local-begin" ?disabled=${this.busy}>${t.begin}</button>
    </form>`},m([c()],i.prototype,"tab",2),m([c()],i.prototype,"spec",2),m([c()],i.prototype,"places",2),m([c()],i.prototype,"start",2),m([c()],i.prototype,"localSpec",2),m([c()],i.prototype,"names",2),m([c()],i.prototype,"points",2),i=m([N("mp-tournaments")],i);export{i as Tournaments};
