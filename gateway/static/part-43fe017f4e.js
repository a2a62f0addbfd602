import{a as u}from"./part-d8f2e6d863.js";import{a as $,b as T,c as k}from"./part-2afc196b8e.js";import"./part-20956a328d.js";import"./part-a4bb6ea20d.js";import{a as d}from"./part-eb96aa4dbb.js";import{c as f,e as S,g as F}from"./part-c4a6e71281.js";import{Q as O,R as b,S as D,W as w,_ as B,a as m,b as y,c as g,d as H,e as i,f as l,fa as C,ha as E,i as h,k as N,m as c}from"./part-4210879913.js";var V=4e3,R={first:4,least:2,most:32},p,s,I,M,L,P,A,v,U,r=class extends C{constructor(){super(...arguments);g(this,s);this.names=Array.from({length:R.first},()=>"");this.trouble="";this.busy=!1;g(this,p)}connectedCallback(){super.connectedCallback(),i(this,s,I).call(this)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(y(this,p))}render(){let t=d(),a=this.list??[],o=e=>n=>e($(new FormData(n.currentTarget)));return l`<main class="tournaments">
      <h1>${t.list}</h1>
      ${this.trouble?l`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>`:h}
      ${i(this,s,v).call(this,t.openNow,"open",a.filter(({sessionId:e})=>!e),this.list?t.noneOpen:b().common.loading)}
      ${i(this,s,v).call(this,t.running,"running",a.filter(({sessionId:e,phase:n})=>e&&n!==4))}
      <div class="pair">
        <details class="panel settings" open><summary><h2>${t.create}</h2></summary>
          <form class="stack" data-testid="create-form" @change=${o(e=>this.spec=e)} @submit=${e=>i(this,s,L).call(this,e)}>
            <div class="grid">${k(this.spec,!0)}
              ${T("capacity",t.capacity,[4,8,16,32,64].map(e=>[e,String(e)]),16)}
              ${T("start",t.start,[[0,t.byHand],...[5,15,30,60].map(e=>[e,t.in(e)])],0)}</div>
            <button class="button strong" data-testid="create" ?disabled=${this.busy}>${t.go}</button>
          </form></details>
        <details class="panel settings" ?open=${location.hash==="#local"}><summary><h2>${t.local}</h2></summary>
          <form class="stack" data-testid="local-form" @change=${o(e=>this.localSpec=e)} @submit=${e=>i(this,s,P).call(this,e)}>
            <p class="hush">${t.localHint}</p>
            ${this.names.map((e,n)=>i(this,s,U).call(this,n))}
            <button type="button" class="button" data-testid="local-add" ?disabled=${this.names.length>=R.most} @click=${()=>this.names=[...this.names,""]}>${t.addName}</button>
            <div class="grid">${k(this.localSpec,!1)}</div>
            <button class="button strong" data-testid="local-begin" ?disabled=${this.busy}>${t.begin}</button>
          </form></details>
      </div>
      ${i(this,s,v).call(this,t.past,"past",a.filter(({phase:e})=>e===4))}
    </main>`}};p=new WeakMap,s=new WeakSet,I=async function(){if(clearTimeout(y(this,p)),document.visibilityState==="visible")try{this.list=(await w(f.method.listTournaments,{pageSize:40})).tournaments}catch{}this.isConnected&&H(this,p,setTimeout(()=>{i(this,s,I).call(this)},V))},M=async function(t){if(!this.busy){this.busy=!0,this.trouble="";try{await t()}catch(a){this.trouble=D(a)}finally{this.busy=!1}}},L=function(t){t.preventDefault();let a=new FormData(t.target),o=Number(a.get("start")??0);i(this,s,M).call(this,async()=>{await u.open(),u.room.value&&await u.do({case:"leaveRoom",value:{}});let e=o?BigInt(Date.now()+o*6e4):0n;await u.do({case:"createRoom",value:{tournament:{spec:$(a),capacity:Number(a.get("capacity")??0),startsUnixMs:e}}}),S(`/room/${u.room.value?.code??(await u.roomKnown()).code}`)})},P=function(t){t.preventDefault();let a=$(new FormData(t.target)),o=this.names.map((e,n)=>e.trim()||d().nameOf(n+1));i(this,s,M).call(this,async()=>{await B();let{entry:e}=await w(f.method.startSession,{kind:{case:"localTournament",value:{names:o,tournament:a}}});if(!e)throw new Error(b().errors.unknown);F(e),S(`/tournament/${e.sessionId}`)})},A=function(t){let a=d(),o=!t.sessionId,e=t.phase===4,n=t.startsUnixMs?new Date(Number(t.startsUnixMs)).toLocaleString(O.value,{dateStyle:"medium",timeStyle:"short"}):"";return l`<li><a class="tour" href=${o?`/room/${t.roomCode}`:`/tournament/${t.sessionId}`} data-testid="tournament-line">
      <b>${t.spec?.title}</b>
      <small>${[t.organiser&&a.byOrganiser(t.organiser),o?a.taken(t.entrants,t.capacity):a.players(t.entrants),o&&n&&a.startsAt(n),e&&t.champion&&a.wonBy(t.champion)].filter(Boolean).join(" · ")}
        ${t.viewers?l`${E.eye()} ${a.watching(t.viewers)}`:h}</small>
      <span class="go">${o?a.join:e?a.read:a.seeIt}</span></a></li>`},v=function(t,a,o,e=""){return!o.length&&!e?h:l`<section class="stack" aria-labelledby=${a}><h2 id=${a}>${t}</h2>
      ${o.length?l`<ul class="tours" data-testid=${a}>${o.map(n=>i(this,s,A).call(this,n))}</ul>`:l`<p class="hush">${e}</p>`}</section>`},U=function(t){let a=d();return l`<div class="beside"><input aria-label=${a.nameOf(t+1)} placeholder=${a.nameOf(t+1)} maxlength="20" data-testid=${`local-name-${t}`} autocomplete="off" .value=${this.names[t]}
      @input=${o=>this.names=this.names.with(t,o.target.value)} />
      <button type="button" class="quiet icon" aria-label=${a.removeName(t+1)} title=${a.removeName(t+1)} ?disabled=${this.names.length<=R.least} @click=${()=>this.names=this.names.toSpliced(t,1)}>${E.close()}</button></div>`},m([c()],r.prototype,"list",2),m([c()],r.prototype,"spec",2),m([c()],r.prototype,"localSpec",2),m([c()],r.prototype,"names",2),m([c()],r.prototype,"trouble",2),m([c()],r.prototype,"busy",2),r=m([N("mp-tournaments")],r);export{r as Tournaments};
