import"./part-916e8a7567.js";import{a as ue}from"./part-fdf79fc4f9.js";import{a as Ot,b as me}from"./part-095b6f94d8.js";import{s as ce,t as de}from"./part-c1724fce34.js";import{a as ie,b as w,e as m}from"./part-6692c68924.js";import{a as A,b as _,c as ee,d as se,e as ae,g as Ft,k as oe,l as xt}from"./part-10d958d49b.js";import{$ as y,N as zt,P as Yt,R as h,S as F,T as Qt,U as K,X as Tt,_ as ct,a as v,aa as St,b as T,c as g,d as P,da as It,e as n,ea as Jt,f as i,fa as Xt,g as Z,ga as Zt,h as Wt,ha as te,i as u,ia as dt,j as Gt,ja as O,k as M,ka as ne,l as tt,la as H,m as S,ma as re,na as D,oa as le}from"./part-8948f09412.js";var q=new Yt(""),B=class extends O{constructor(){super(...arguments);this.trouble="";this.said="";this.busy=!1}#t;connectedCallback(){super.connectedCallback(),this.#t=q.watch(()=>{this.trouble=this.said="",this.requestUpdate()})}disconnectedCallback(){super.disconnectedCallback(),this.#t?.()}updated(){let t=this.querySelector("dialog"),e=q.value===this.name;e&&!t.open&&t.showModal(),!e&&t.open&&t.close()}close(){q.value===this.name&&(q.value="")}async attempt(t,e=""){if(this.busy)return!1;this.busy=!0,this.trouble=this.said="";try{return await t(),this.said=e,!0}catch(s){return this.trouble=F(s),!1}finally{this.busy=!1}}fields(t){t.preventDefault();let e=new FormData(t.target);return s=>{let a=String(e.get(s)??"");return s.includes("assword")?a:a.trim()}}frame(t,e){return i`<dialog class="drawer" data-testid=${`${this.name}-drawer`} aria-labelledby=${`${this.name}-title`}
      @close=${()=>this.close()} @click=${s=>s.target===s.currentTarget&&this.close()}>
      <div class="inside">
        <header><h2 id=${`${this.name}-title`} tabindex="-1" autofocus>${t}</h2>
          <button class="quiet icon" data-testid=${`${this.name}-close`} aria-label=${h().account.close} @click=${()=>this.close()}>${H.close()}</button></header>
        ${q.value===this.name?i`
          <p class="trouble" role="alert" data-testid=${`${this.name}-trouble`}>${this.trouble}</p>
          <p class="said" role="status" data-testid=${`${this.name}-said`}>${this.said}</p>
          ${e()}`:u}
      </div></dialog>`}};v([S()],B.prototype,"trouble",2),v([S()],B.prototype,"said",2),v([S()],B.prototype,"busy",2);var I,he,pe,$e,ve,fe,ut,Et,be,ge,ye,mt=class extends B{constructor(){super(...arguments);g(this,I);this.name="account";this.shows=[y];this.signingIn=!1}render(){let t=y.value;return this.frame(h().account.title,()=>t&&!t.guest?n(this,I,ye).call(this,t.name):this.signingIn?n(this,I,be).call(this):n(this,I,ge).call(this))}};I=new WeakSet,he=async function(t){let e=this.fields(t);await this.attempt(()=>Jt(e("name"),e("password")),h().account.registered)},pe=async function(t){let e=this.fields(t);await this.attempt(()=>Xt(e("name"),e("password")))&&(this.signingIn=!1,this.close())},$e=async function(t){let e=this.fields(t);e("name")!==y.value?.name&&await this.attempt(()=>It(e("name")),h().home.renamed)},ve=async function(t){let e=t.target,s=this.fields(t);await this.attempt(()=>Zt(s("password"),s("newPassword")),h().account.changed)&&e.reset()},fe=async function(){await this.attempt(te)&&(this.close(),_("/"))},ut=function(t,e,s){return i`<label>${e}<input type="password" name=${t} data-testid=${`account-${t}`} autocomplete=${s?"new-password":"current-password"}
      minlength=${s?8:1} maxlength="200" required placeholder=${s?h().account.passwordHint:""} /></label>`},Et=function(t){return i`<label>${h().account.name}<input name="name" data-testid="account-name" .value=${t} maxlength="40" autocomplete="username" autocapitalize="off" spellcheck="false" required /></label>`},be=function(){let t=h().account;return i`<form class="stack" @submit=${e=>{n(this,I,pe).call(this,e)}}>
        ${n(this,I,Et).call(this,"")}${n(this,I,ut).call(this,"password",t.password,!1)}
        ${y.value?i`<p class="hush">${t.ends(y.value.name)}</p>`:u}
        <button class="button strong" data-testid="account-sign-in">${t.signIn}</button>
      </form>
      <button class="quiet" data-testid="account-have-not" @click=${()=>this.signingIn=!1}>${t.haveNot}</button>`},ge=function(){let t=h().account;return i`<p class="hush">${t.why}</p>
      <form class="stack" @submit=${e=>{n(this,I,he).call(this,e)}}>
        ${n(this,I,Et).call(this,y.value?.name??"")}${n(this,I,ut).call(this,"password",t.password,!0)}
        <button class="button strong" data-testid="account-register">${t.register}</button>
      </form>
      <button class="quiet" data-testid="account-have" @click=${()=>this.signingIn=!0}>${t.have}</button>`},ye=function(t){let e=h().account;return i`<form class="beside" @submit=${s=>{n(this,I,$e).call(this,s)}}>
        ${n(this,I,Et).call(this,t)}<button class="button" data-testid="account-rename">${h().home.rename}</button>
      </form>
      <details><summary data-testid="account-change-open">${e.change}</summary>
        <form class="stack" @submit=${s=>{n(this,I,ve).call(this,s)}}>
          <input name="name" .value=${t} autocomplete="username" hidden />
          ${n(this,I,ut).call(this,"password",e.current,!1)}${n(this,I,ut).call(this,"newPassword",e.next,!0)}
          <button class="button" data-testid="account-change">${e.change}</button>
        </form></details>
      <button class="button" data-testid="account-sign-out" @click=${()=>{n(this,I,fe).call(this)}}>${e.signOut}</button>`},v([S()],mt.prototype,"signingIn",2),mt=v([M("mp-account")],mt);var rs=6e3,ht,pt,$t,W,we,ke,Te,et=class extends O{constructor(){super(...arguments);g(this,W);this.shows=[w.invitations,A];this.spoken="";this.glimpse=!1;g(this,ht,[]);g(this,pt,new Set);g(this,$t)}connectedCallback(){super.connectedCallback(),P(this,ht,[w.list.watch(()=>n(this,W,we).call(this)),w.invitations.watch(()=>n(this,W,ke).call(this)),m.room.watch(()=>m.room.value&&w.settle(m.room.value.code))])}disconnectedCallback(){super.disconnectedCallback();for(let t of T(this,ht))t()}render(){return i`<div role="status">${n(this,W,Te).call(this)}</div><p class="unseen" aria-live="polite" data-testid="calls">${this.spoken}</p>`}};ht=new WeakMap,pt=new WeakMap,$t=new WeakMap,W=new WeakSet,we=function(){let t=w.of(3),e=t.filter(s=>!T(this,pt).has(s.accountId));P(this,pt,new Set(t.map(s=>s.accountId))),e.length&&(this.spoken=e.map(s=>h().friends.wants(s.name)).join(" "))},ke=function(){let[t]=w.invitations.value,e=t!==void 0&&t!==T(this,$t);if(P(this,$t,t),!!e){if(A.value.page!=="play")return dt.play("go");this.glimpse=!0,setTimeout(()=>this.glimpse=!1,rs)}},Te=function(){let t=h().friends,[e]=w.invitations.value;return e?A.value.page==="play"?this.glimpse?i`<div class="call still" data-testid="invitation"><p>${t.waits(e.name)}</p></div>`:u:i`<div class="call" data-testid="invitation"><p>${t.invites(e.name)}</p>
      <a class="button strong" href=${`/room/${e.roomCode}`} data-testid="invitation-accept">${t.join}</a>
      <button class="button" data-testid="invitation-later" @click=${()=>w.settle(e.roomCode)}>${t.later}</button></div>`:u},v([S()],et.prototype,"spoken",2),v([S()],et.prototype,"glimpse",2),et=v([M("mp-calls")],et);var Se={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},Ie=c=>(...$)=>({_$litDirective$:c,values:$}),Rt=class{constructor($){}get _$AU(){return this._$AM._$AU}_$AT($,t,e){this._$Ct=$,this._$AM=t,this._$Ci=e}_$AS($,t){return this.update($,t)}update($,t){return this.render(...t)}};var{I:ls}=Gt,xe=c=>c;var Ee=()=>document.createComment(""),st=(c,$,t)=>{let e=c._$AA.parentNode,s=$===void 0?c._$AB:$._$AA;if(t===void 0){let a=e.insertBefore(Ee(),s),o=e.insertBefore(Ee(),s);t=new ls(a,o,c,c.options)}else{let a=t._$AB.nextSibling,o=t._$AM,r=o!==c;if(r){let l;t._$AQ?.(c),t._$AM=c,t._$AP!==void 0&&(l=c._$AU)!==o._$AU&&t._$AP(l)}if(a!==s||r){let l=t._$AA;for(;l!==a;){let d=xe(l).nextSibling;xe(e).insertBefore(l,s),l=d}}}return t},G=(c,$,t=c)=>(c._$AI($,t),c),cs={},Re=(c,$=cs)=>c._$AH=$,Pe=c=>c._$AH,Pt=c=>{c._$AR(),c._$AA.remove()};var Ae=(c,$,t)=>{let e=new Map;for(let s=$;s<=t;s++)e.set(c[s],s);return e},_e=Ie(class extends Rt{constructor(c){if(super(c),c.type!==Se.CHILD)throw Error("repeat() can only be used in text expressions")}dt(c,$,t){let e;t===void 0?t=$:$!==void 0&&(e=$);let s=[],a=[],o=0;for(let r of c)s[o]=e?e(r,o):o,a[o]=t(r,o),o++;return{values:a,keys:s}}render(c,$,t){return this.dt(c,$,t).values}update(c,[$,t,e]){let s=Pe(c),{values:a,keys:o}=this.dt($,t,e);if(!Array.isArray(s))return this.ut=o,a;let r=this.ut??=[],l=[],d,k,b=0,f=s.length-1,E=0,L=a.length-1;for(;b<=f&&E<=L;)if(s[b]===null)b++;else if(s[f]===null)f--;else if(r[b]===o[E])l[E]=G(s[b],a[E]),b++,E++;else if(r[f]===o[L])l[L]=G(s[f],a[L]),f--,L--;else if(r[b]===o[L])l[L]=G(s[b],a[L]),st(c,l[L+1],s[b]),b++,L--;else if(r[f]===o[E])l[E]=G(s[f],a[E]),st(c,s[b],s[f]),f--,E++;else if(d===void 0&&(d=Ae(o,E,L),k=Ae(r,b,f)),d.has(r[b]))if(d.has(r[f])){let N=k.get(o[E]),Ht=N!==void 0?s[N]:null;if(Ht===null){let Kt=st(c,s[b]);G(Kt,a[E]),l[E]=Kt}else l[E]=G(Ht,a[E]),st(c,s[b],Ht),s[N]=null;E++}else Pt(s[f]),f--;else Pt(s[b]),b++;for(;E<=L;){let N=st(c,l[L+1]);G(N,a[E]),l[E++]=N}for(;b<=f;){let N=s[b++];N!==null&&Pt(N)}return this.ut=o,Re(c,l),Wt}});var ds=1e4,At=(c,$)=>_e(c,t=>t.accountId,$),x,Me,Ce,Le,z,He,Fe,Oe,qe,vt=class extends B{constructor(){super(...arguments);g(this,x);this.name="friends";this.shows=[y,w.list,w.invitations,m.room,m.state,A];this.invited=[]}render(){let t=h().friends;return this.frame(t.title,()=>{let[e,s,a,o]=[3,1,2,4].map(l=>w.of(l)),r=A.value.page!=="play";return i`
        ${y.value&&m.state.value==="retrying"?i`<p class="hush" role="status">${t.offline}</p>`:u}
        ${y.value&&!y.value.guest?u:i`<button class="quiet hint" data-testid="friends-register" @click=${()=>q.value="account"}>${h().account.why}</button>`}
        ${w.invitations.value.length?i`<ul data-testid="invitations">${w.invitations.value.map(l=>i`<li class="asks">
          <span class="whom"><b>${t.invites(l.name)}</b></span><span class="deeds">
          ${r?i`<a class="button strong" href=${`/room/${l.roomCode}`} data-testid="invitation-join">${t.join}</a>`:u}
          <button class="button" @click=${()=>w.settle(l.roomCode)}>${t.later}</button></span></li>`)}</ul>`:u}
        ${e.length?i`<ul>${At(e,l=>n(this,x,Oe).call(this,l))}</ul>`:u}
        <form class="beside" @submit=${l=>{n(this,x,Me).call(this,l)}}>
          <label>${t.name}<input name="name" data-testid="friend-name" placeholder=${t.placeholder} maxlength="40" autocomplete="off" autocapitalize="off" spellcheck="false" required /></label>
          <button class="button" data-testid="friend-ask">${t.ask}</button></form>
        ${s.length?i`<ul data-testid="friends">${At(s,l=>n(this,x,Fe).call(this,l))}</ul>`:e.length||a.length?u:i`<p class="hush">${t.empty}</p>`}
        ${a.length?i`<ul>${At(a,l=>i`<li data-testid="friend-asked" data-name=${l.name}><span class="whom"><b>${l.name}</b><small>${t.asked}</small></span>
          ${n(this,x,z).call(this,"friend-take-back",t.takeBack,"quiet",()=>w.remove(l.accountId))}</li>`)}</ul>`:u}
        ${o.length?n(this,x,qe).call(this,o):u}`})}};x=new WeakSet,Me=async function(t){let e=t.target,s=this.fields(t)("name");if(!s||!await this.attempt(()=>w.ask(s)))return;e.reset();let a=r=>r.name.toLowerCase()===s.toLowerCase(),o=h().friends;this.said=w.of(1).some(a)?o.nowFriends(s):o.youAsked(s)},Ce=async function({accountId:t}){await this.attempt(async()=>{await m.open(),m.room.value||await m.do({case:"createRoom",value:{}});let{code:s}=await m.roomKnown();await m.do({case:"invite",value:{accountId:t}}),this.invited=[...this.invited,t],setTimeout(()=>this.invited=this.invited.filter(a=>a!==t),ds),(A.value.page!=="room"||A.value.code!==s)&&_(`/room/${s}`)})&&(this.said=h().friends.invited)},Le=function(t){let e=h().friends;switch(t.whereabouts){case 2:return e.online;case 3:return e.inRoom;case 4:return e.watching;case 5:return e.inMatch;default:return e.away}},z=function(t,e,s,a){return i`<button class=${s} data-testid=${t} @click=${()=>{this.attempt(a)}}>${e}</button>`},He=function(t){let e=h().friends;if(A.value.page==="play"||!ie(t))return u;let s=m.room.value,a=s?.members.some(r=>r.accountId===t.accountId),o=this.invited.includes(t.accountId);return i`
      ${t.roomCode&&!a?i`<a class="button" href=${`/room/${t.roomCode}`} data-testid="friend-join">${e.join}</a>`:u}
      ${t.sessionId?i`<a class="button" href=${`/watch/${t.sessionId}`} data-testid="friend-watch">${h().common.watch}</a>`:u}
      ${a||t.roomCode&&!s?u:i`<button class="button" data-testid="friend-invite" ?disabled=${o} @click=${()=>{n(this,x,Ce).call(this,t)}}>${o?e.invited:e.invite}</button>`}`},Fe=function(t){let e=h().friends;return i`<li data-testid="friend" data-name=${t.name}>
      <i class=${`light w${t.whereabouts}`}></i>
      <span class="whom"><b>${t.name}</b><small data-testid="friend-whereabouts">${n(this,x,Le).call(this,t)}</small></span>
      <span class="deeds">${n(this,x,He).call(this,t)}
        <details class="more"><summary class="quiet icon" data-testid="friend-more" aria-label=${e.more(t.name)} title=${e.more(t.name)}>${H.more()}</summary>
          <div>${n(this,x,z).call(this,"friend-remove",e.remove,"quiet",()=>w.remove(t.accountId))}${n(this,x,z).call(this,"friend-block",e.block,"quiet",()=>w.block(t.accountId))}</div></details></span>
    </li>`},Oe=function(t){let e=h().friends;return i`<li class="asks" data-testid="friend-asks" data-name=${t.name}>
      <span class="whom"><b>${t.name}</b><small>${e.asks}</small></span>
      <span class="deeds">${n(this,x,z).call(this,"friend-accept",e.accept,"button strong",()=>w.answer(t.accountId,!0))}
        ${n(this,x,z).call(this,"friend-decline",e.decline,"button",()=>w.answer(t.accountId,!1))}
        <details class="more"><summary class="quiet icon" data-testid="friend-more" aria-label=${e.more(t.name)} title=${e.more(t.name)}>${H.more()}</summary>
          <div>${n(this,x,z).call(this,"friend-block",e.block,"quiet",()=>w.block(t.accountId))}</div></details></span>
    </li>`},qe=function(t){let e=h().friends;return i`<details class="blocked"><summary data-testid="friends-blocked">${e.blocked} (${t.length})</summary>
      <p class="hush">${e.blockHint}</p>
      <ul>${At(t,s=>i`<li data-testid="friend-blocked" data-name=${s.name}><span class="whom"><b>${s.name}</b></span>
        ${n(this,x,z).call(this,"friend-unblock",e.unblock,"quiet",()=>w.unblock(s.accountId))}</li>`)}</ul></details>`},v([S()],vt.prototype,"invited",2),vt=v([M("mp-friends")],vt);var at,bt,Y,ot,it,nt,gt,qt,ft=class extends O{constructor(){super(...arguments);g(this,gt);this.session="";g(this,at);g(this,bt,new Ot([]));g(this,Y);g(this,ot,0);g(this,it);g(this,nt,()=>{if(n(this,gt,qt).call(this),!this.session||document.visibilityState!=="visible")return;let t=this.querySelector("canvas");if(!t)return;P(this,Y,new ce(t)),P(this,bt,new Ot([]));let e=T(this,bt),s=this.session;P(this,at,new me("/ws/watch",{hello:()=>Promise.resolve({sessionId:s}),message:({body:o},r)=>{o.case==="joined"&&e.server.reset(),o.case==="frame"&&e.fold(o.value,r,()=>{})},lost:()=>{}}));let a=o=>{if(P(this,ot,requestAnimationFrame(a)),!e.card||!e.server.set)return;let r=e.scene(o),l=de(r);l&&T(this,it)?.flight&&T(this,it).flight!==r.flight&&T(this,Y)?.hit(l.side,l.x,l.y,o),P(this,it,r),T(this,Y)?.draw(r,e.half,o,!1)};P(this,ot,requestAnimationFrame(a))})}render(){return i`<canvas class="court mini" aria-hidden="true"></canvas>`}connectedCallback(){super.connectedCallback(),document.addEventListener("visibilitychange",T(this,nt))}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener("visibilitychange",T(this,nt)),n(this,gt,qt).call(this)}updated(t){t.has("session")&&T(this,nt).call(this)}};at=new WeakMap,bt=new WeakMap,Y=new WeakMap,ot=new WeakMap,it=new WeakMap,nt=new WeakMap,gt=new WeakSet,qt=function(){cancelAnimationFrame(T(this,ot)),T(this,at)?.close(),T(this,Y)?.dispose(),P(this,at,P(this,Y,void 0))},v([tt()],ft.prototype,"session",2),ft=v([M("mp-miniature")],ft);var ms=4e3,yt,rt,R,Ut,Nt,_t,Ue,Ne,De,Be,Dt,j=class extends O{constructor(){super(...arguments);g(this,R);this.trouble="";this.nameTrouble="";this.saved=!1;this.busy="";this.shows=[y,m.room];g(this,yt,"");g(this,rt)}connectedCallback(){super.connectedCallback(),n(this,R,Ut).call(this)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(T(this,rt))}render(){let t=h().home,e=[["easy",1,t.easy,t.easyHint],["medium",2,t.medium,t.mediumHint],["hard",3,t.hard,t.hardHint]],s=m.room.value,a=matchMedia("(pointer: coarse)").matches;return i`<main class="home">
      <section class="hero">
        <h1><span>${h().tagline.what}</span> <span>${h().tagline.how}</span></h1>
        ${this.trouble?i`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>`:u}
        ${Ft()?i`<a class="button strong" href=${Ft()} data-testid="home-resume">${t.backToMatch}</a>`:u}
        <div class="panel">
          <h2>${t.bot}</h2>
          <div class="trio">
            ${e.map(([o,r,l,d])=>i`
              <button class=${`button choice ${o}`} data-testid=${`home-bot-${o}`} ?disabled=${!!this.busy} aria-busy=${this.busy===o}
                @click=${()=>n(this,R,_t).call(this,{kind:"bot",strength:r},o)}><b>${l}</b><small>${d}</small></button>`)}
          </div>
          <button class="button level" data-testid="home-bot-level" ?disabled=${!!this.busy} aria-busy=${this.busy==="level"}
            @click=${()=>n(this,R,_t).call(this,{kind:"bot",strength:2,level:!0},"level")}><b>${t.level}</b><small>${t.levelHint}</small></button>
        </div>
        <div class="pair">
          <div class="panel">
            <h2>${t.room}</h2>
            <button class="button strong" data-testid="home-room" ?disabled=${!!this.busy} aria-busy=${this.busy==="room"} @click=${()=>n(this,R,Ue).call(this)}>
              <b>${s?t.backToRoom(s.code):t.openRoom}</b></button>
            <form class="join" @submit=${o=>n(this,R,Ne).call(this,o)}>
              <input name="code" data-testid="join-code" aria-label=${t.code} placeholder=${t.code} maxlength="12" autocomplete="off" autocapitalize="characters" spellcheck="false" required />
              <button class="button" data-testid="join">${t.join}</button>
            </form>
          </div>
          <div class="panel">
            <h2>${a?t.localTouch:t.local}</h2>
            <button class="button" data-testid="home-local" ?disabled=${!!this.busy} aria-busy=${this.busy==="local"} @click=${()=>n(this,R,_t).call(this,{kind:"local"},"local")}>
              <b>${t.play}</b></button>
            <p class="hush">${a?t.localTouchHint:t.localHint}</p>
          </div>
        </div>
        <a class="panel tournaments-link" href="/tournaments" data-testid="home-tournaments"><b>${t.tournaments}</b><small>${t.tournamentsHint}</small></a>
        <form class="name" @submit=${o=>{n(this,R,De).call(this,o)}}>
          <label for="name">${t.name}</label>
          <div><input id="name" name="name" data-testid="name-input" .value=${y.value?.name??""} placeholder=${t.namePlaceholder} maxlength="40" autocomplete="nickname" spellcheck="false" aria-describedby="name-trouble" />
          <button class="button" data-testid="name-save">${this.saved?t.renamed:t.rename}</button></div>
          <p class="trouble" id="name-trouble" role="alert" data-testid="name-trouble">${this.nameTrouble}</p>
        </form>
      </section>
      <section class="live" aria-labelledby="live-title">
        <h2 id="live-title"><i class="dot"></i>${t.watchLive}</h2>
        ${n(this,R,Be).call(this)}
      </section>
    </main>`}};yt=new WeakMap,rt=new WeakMap,R=new WeakSet,Ut=async function(){if(clearTimeout(T(this,rt)),document.visibilityState==="visible")try{let t=await ct(Tt.method.listSessions,{pageSize:8});this.sessions=t.sessions}catch{}this.isConnected&&P(this,rt,setTimeout(()=>{n(this,R,Ut).call(this)},ms))},Nt=async function(t,e){if(!this.busy){this.busy=t,this.trouble="";try{await e()}catch(s){this.trouble=F(s)}finally{this.busy=""}}},_t=function(t,e){n(this,R,Nt).call(this,e,()=>xt(t))},Ue=function(){n(this,R,Nt).call(this,"room",async()=>{await m.open(),m.room.value||await m.do({case:"createRoom",value:{}});let t=m.room.value?.code??(await m.roomKnown()).code;_(`/room/${t}`)})},Ne=function(t){t.preventDefault();let e=t.target,s=String(new FormData(e).get("code")??"").replace(/[\s-]/g,"").toUpperCase();s&&_(`/room/${encodeURIComponent(s)}`)},De=async function(t){t.preventDefault();let e=String(new FormData(t.target).get("name")??"").trim();if(this.nameTrouble="",e!==y.value?.name)try{await It(e),this.saved=!0,setTimeout(()=>this.saved=!1,2e3)}catch(s){this.nameTrouble=F(s)}},Be=function(){let t=h().home,e=this.sessions;if(!e?.length)return i`<p class="hush">${e?t.nothingLive:h().common.loading}</p>`;let s=e.find(a=>a.sessionId===T(this,yt))??e[0];return P(this,yt,s.sessionId),i`
      <a class="feature" href=${`/watch/${s.sessionId}`} data-testid="home-watch-featured">
        <mp-miniature .session=${s.sessionId}></mp-miniature>
        ${n(this,R,Dt).call(this,s)}
      </a>
      <ul class="matches" data-testid="home-live">
        ${e.filter(a=>a!==s).map(a=>i`<li><a href=${`/watch/${a.sessionId}`}>${n(this,R,Dt).call(this,a)}</a></li>`)}
      </ul>`},Dt=function(t){let e=h().home;return i`<span class="line">
      <span class="names"><b>${K(t.left)}</b><span class="digits">${t.leftScore}<i>:</i>${t.rightScore}</span><b>${K(t.right)}</b></span>
      <small>${t.origin===4?e.house:u}${t.viewers?i`<span>${H.eye()} ${e.viewers(t.viewers)}</span>`:u}</small>
    </span>`},v([S()],j.prototype,"sessions",2),v([S()],j.prototype,"trouble",2),v([S()],j.prototype,"nameTrouble",2),v([S()],j.prototype,"saved",2),v([S()],j.prototype,"busy",2),j=v([M("mp-home")],j);var Q=640;function je(c,$){let e=Math.max(1,...c.map(d=>Math.max(d.left,d.right))),s=Math.max(1,c.at(-1)?.t??1),a=d=>28+d/s*(Q-56),o=d=>176-d/e*152,r=d=>c.reduce((k,b)=>`${k}H${a(b.t).toFixed(1)}V${o(d(b)).toFixed(1)}`,`M${a(0)} ${o(0)}`),l=Array.from({length:e+1},(d,k)=>k).filter(d=>d%Math.ceil(e/5)===0);return i`<svg class="chart timeline" viewBox="0 0 ${Q} ${200}" role="img" aria-label=${$} data-testid="result-timeline">
    ${l.map(d=>Z`<line class="grid" x1="28" x2=${Q-28} y1=${o(d)} y2=${o(d)}/><text x="20" y=${o(d)+4} text-anchor="end">${d}</text>`)}
    <path class="left" d=${r(d=>d.left)} /><path class="right" d=${r(d=>d.right)} />
    ${c.map(d=>Z`<circle class=${d.scorer===1?"left":"right"} cx=${a(d.t)} cy=${o(d.scorer===1?d.left:d.right)} r="4.500"/>`)}
  </svg>`}function Ve(c,$){let e=Math.max(4,...c.map(a=>a.rallyHits)),s=(Q-24)/Math.max(c.length,12);return i`<svg class="chart rallies" viewBox="0 0 ${Q} ${120}" role="img" aria-label=${$} data-testid="result-rallies">
    <line class="grid" x1="12" x2=${Q-12} y1=${100} y2=${100} />
    ${c.map((a,o)=>{let r=Math.max(2,a.rallyHits/e*76),l=12+o*s;return Z`<rect class=${a.scorer===1?"left":"right"} x=${l+s*.18} y=${100-r} width=${s*.64} height=${r} rx="2"/><text x=${l+s/2} y=${94-r} text-anchor="middle">${a.rallyHits}</text>`})}
  </svg>`}function Ke(c,$,t,e){let a=t+900,o=(r,l,d)=>Z`
    <rect class="paddle" x=${l-5} y="10" width="10" height=${140} rx="3"/>
    <line class="grid" x1=${l-150} x2=${l+150} y1=${160/2} y2=${160/2}/>
    ${r.slice(-160).map((k,b,f)=>Z`<circle class=${d} cx=${l+(d==="left"?1:-1)*(16+(f.length<2?0:b/(f.length-1)*120))} cy=${160/2+k/a*(160/2-12)} r="3.500"/>`)}`;return i`<svg class="chart contacts" viewBox="0 0 ${Q} ${160}" role="img" aria-label=${e} data-testid="result-contacts">
    ${o(c?.contactOffsets??[],160,"left")}${o($?.contactOffsets??[],Q-160,"right")}
  </svg>`}var hs=1e3,ps=8,C,We,Ge,ze,Ye,Qe,Je,Xe,J=class extends O{constructor(){super(...arguments);g(this,C);this.session="";this.trouble="";this.busy=!1;this.shows=[m.room,y]}updated(t){t.has("session")&&n(this,C,We).call(this)}render(){let t=h(),e=this.shown,s=e?.seats.length===1&&e.bot?{kind:"bot",strength:e.bot}:void 0,a=ae(this.session)?.again??s,o=m.room.value,r=a?.kind==="room"?a.code:o?.last?.sessionId===this.session?o.code:void 0,l=i`<div class="actions">
      ${a&&a.kind!=="room"?i`<button class="button strong" data-testid="result-again" ?disabled=${this.busy} @click=${()=>{n(this,C,Ge).call(this,a)}}>${t.result.again}</button>`:u}
      ${r?i`${e?.seats.length===1?i`<button class="button strong" data-testid="result-rematch" ?disabled=${this.busy} @click=${()=>{n(this,C,ze).call(this,r)}}>${t.result.rematch}</button>`:u}
        <button class="button" data-testid="result-room" @click=${()=>_(`/room/${r}`)}>${t.result.toRoom}</button>`:u}
      ${e&&!e.seats.length?i`<button class="button strong" data-testid="result-watch" ?disabled=${this.busy} @click=${()=>{n(this,C,Ye).call(this)}}>${t.watch.another}</button>`:u}
      ${e&&!e.house?i`<a class="button" href=${`/replay/${this.session}/1`} data-testid="result-replay">${H.play()} ${t.replay.watch}</a>`:u}
      <a class="button" href="/" data-testid="result-home">${t.common.home}</a>
    </div>`;if(!e)return i`<main class="narrow"><h1>${t.result.title}</h1><p class=${this.trouble?"trouble":"hush"} role="status">${this.trouble||t.common.loading}</p>${l}</main>`;let{result:d}=e,k=d.stats?.game.case==="pong"?d.stats.game.value:void 0,b=f=>k?.points.length?t.result.seconds((k.points.reduce((E,L)=>E+f(L),0)/k.points.length/1e6).toFixed(1)):t.result.none;return i`<main class="result" data-testid="result">
      <section class="final">
        ${n(this,C,Je).call(this,e)}
        <div class="board">
          <div class=${`player left ${e.seats.length===1&&e.seats[0]===0?"own":""}`}><b data-testid="result-name-left">${e.left}</b></div>
          <div class="digits"><span data-testid="result-left">${d.left}</span><i></i><span data-testid="result-right">${d.right}</span></div>
          <div class=${`player right ${e.seats.length===1&&e.seats[0]===1?"own":""}`}><b data-testid="result-name-right">${e.right}</b></div>
        </div>
        ${n(this,C,Qe).call(this,e)}
        ${l}
        ${this.trouble?i`<p class="trouble" role="alert">${this.trouble}</p>`:u}
      </section>
      ${k&&k.points.length+k.hits>0?i`
        <dl class="facts">
          <div><dt>${t.result.duration}</dt><dd data-testid="result-duration">${le(d.durationUs)}</dd></div>
          <div><dt>${t.result.point}</dt><dd data-testid="result-point">${b(f=>f.pointUs)}</dd></div>
          <div><dt>${t.result.serve}</dt><dd data-testid="result-serve">${b(f=>f.serveUs)}</dd></div>
          <div><dt>${t.result.longest}</dt><dd data-testid="result-longest">${t.result.hitsUnit(k.longestRally)}</dd></div>
          <div><dt>${t.result.top}</dt><dd data-testid="result-top-speed">${D(k.topSpeed/100)}<small>${t.result.speedUnit}</small></dd></div>
          <div><dt>${t.result.hits}</dt><dd data-testid="result-hits">${D(k.hits)}</dd></div>
        </dl>
        <section class="panel"><h2>${t.result.statistics}</h2>${n(this,C,Xe).call(this,k)}</section>
        ${k.points.length?i`<section class="panel"><h2>${t.result.timeline}</h2>${je(k.points,t.result.timeline)}</section>
        <section class="panel"><h2>${t.result.rallies}</h2>${Ve(k.points,t.result.rallies)}</section>`:u}
        <section class="panel"><h2>${t.result.contact}</h2><p class="hush">${t.result.contactHint}</p>${Ke(k.left,k.right,e.half,t.result.contact)}</section>`:u}
    </main>`}};C=new WeakSet,We=async function(){let t=this.session;this.shown=void 0,this.trouble="";let e=oe(t);if(e){let{card:s,result:a,seats:o}=e;this.shown={left:K(s.left),right:K(s.right),accounts:[s.left?.accountId??"",s.right?.accountId??""],house:!!(s.left?.bot&&s.right?.bot),half:s.ruleset?.paddleHalfHeight||7500,result:a,seats:o,bot:s.left?.bot||s.right?.bot||0};return}for(let s=0;s<ps&&this.isConnected&&t===this.session;s++)try{let a=await St(),{match:o}=await ct(ue.method.getMatch,{sessionId:t}),r=o?.spec?.seats??[];this.shown={left:K(r.find(l=>l.seat===0)),right:K(r.find(l=>l.seat===1)),house:!1,accounts:[r.find(l=>l.seat===0)?.accountId??"",r.find(l=>l.seat===1)?.accountId??""],half:o?.spec?.ruleset?.paddleHalfHeight||7500,result:o.result,seats:r.filter(l=>a&&l.accountId===a.accountId).map(l=>l.seat),bot:r.find(l=>l.bot)?.bot??0};return}catch(a){this.trouble=F(a),await new Promise(o=>setTimeout(o,hs))}},Ge=async function(t){if(t.kind==="room"){_(`/room/${t.code}`);return}this.busy=!0;try{await xt(t)}catch(e){this.trouble=F(e)}finally{this.busy=!1}},ze=async function(t){this.busy=!0;try{await m.open(),await m.roomOpen(t),await m.do({case:"setReady",value:{ready:!0}})}catch{}this.busy=!1,_(`/room/${t}`)},Ye=async function(){this.busy=!0;try{let{sessions:t}=await ct(Tt.method.listSessions,{pageSize:2}),e=t.find(s=>s.sessionId!==this.session);_(e?`/watch/${e.sessionId}`:"/")}catch(t){this.trouble=F(t)}finally{this.busy=!1}},Qe=function({seats:t,accounts:e,left:s,right:a}){let o=t.length===1?1-t[0]:void 0;return o===void 0||!e[o]?u:i`<mp-befriend .who=${e[o]} .name=${o?a:s} .named=${!0}></mp-befriend>`},Je=function({result:t,left:e,right:s,seats:a}){let o=h().result,r=t.winner===1?0:t.winner===2?1:void 0,l=t.outcome===3?o.draw:r===void 0?o.void:a.length===1?a[0]===r?o.won:o.lost:o.wins(r===0?e:s);return i`<h1 data-testid="result-headline" class=${a.length===1&&r!==void 0?a[0]===r?"won":"lost":""}>${l}</h1>
      ${t.outcome===2?i`<p class="hush">${o.forfeit}</p>`:u}`},Xe=function(t){let e=h().result,s=o=>o?`${o<1e3?"<1":D(o/1e3)} ms`:e.none,a=[[e.hits,"hits",o=>D(o?.hits??0)],[e.misses,"misses",o=>D(o?.misses??0)],[e.top,"top-speed",o=>o?.topSpeed?`${D(o.topSpeed/100)} ${e.speedUnit}`:e.none],[e.distance,"distance",o=>`${D((o?.distance??0)/100)} ${e.lengthUnit}`],[e.reaction,"reaction",o=>s(o?.reactionUs)],[e.latency,"latency",o=>s(o?.latency?.rttUs)]];return(t.left?.latency?.saves||t.right?.latency?.saves)&&a.push([e.saved,"saves",o=>D(o?.latency?.saves??0)]),i`<table data-testid="result-table"><tbody>
      ${a.map(([o,r,l])=>i`<tr><td class="left" data-testid=${`result-${r}-left`}>${l(t.left)}</td><th scope="row">${o}</th><td class="right" data-testid=${`result-${r}-right`}>${l(t.right)}</td></tr>`)}
    </tbody></table>`},v([tt()],J.prototype,"session",2),v([S()],J.prototype,"shown",2),v([S()],J.prototype,"trouble",2),v([S()],J.prototype,"busy",2),J=v([M("mp-result")],J);var wt,p,Mt,U,Ze,Ct,ts,es,Lt,Bt,jt,ss,as,os,V=class extends O{constructor(){super(...arguments);g(this,p);this.code="";this.trouble="";this.watchable="";this.entering=!0;this.copied=!1;this.shows=[m.room,m.chat,m.state,m.out,y];g(this,wt)}connectedCallback(){super.connectedCallback(),P(this,wt,m.state.watch(()=>{let t=m.room.value?.code!==this.code&&m.out.value===0;m.state.value==="open"&&t&&!this.entering&&n(this,p,Mt).call(this)}))}disconnectedCallback(){var t;super.disconnectedCallback(),(t=T(this,wt))==null||t.call(this)}updated(t){t.has("code")&&n(this,p,Mt).call(this);let e=this.querySelector(".chat ol");e&&(e.scrollTop=e.scrollHeight)}render(){let t=h(),e=m.room.value;if(e?.code!==this.code)return n(this,p,os).call(this);e.tournament&&import("./part-af9572a5a4.js");let s=e.members.filter(a=>!a.seated);return i`<main class="room">
      <h1 class="unseen">${t.room.title} ${e.code}</h1>
      <section class="invite panel">
        <label for="room-link">${t.room.invite}</label>
        <div><input id="room-link" data-testid="room-link" readonly .value=${T(this,p,Ct)} @focus=${a=>a.target.select()} />
        <button class="button strong" data-testid="room-copy" @click=${()=>{n(this,p,ts).call(this)}}>${H.copy()} ${this.copied?t.common.copied:t.common.copy}</button></div>
        <p class="code" data-testid="room-code" aria-label=${t.home.code}>${e.code}</p>
      </section>
      ${m.state.value==="retrying"?i`<p class="trouble" role="status" data-testid="overlay">${t.room.reconnecting}</p>`:u}
      ${m.state.value==="replaced"?i`<p class="trouble" role="status">${t.room.elsewhere}</p>`:u}
      ${this.trouble?i`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>`:u}
      ${e.tournament?i`<mp-entrants .room=${e} @command=${a=>{n(this,p,U).call(this,a.detail)}}></mp-entrants>`:i`<section class="seats">${n(this,p,Bt).call(this,e,0)}<i class="net"></i>${n(this,p,Bt).call(this,e,1)}</section>
          <section class="actions" data-testid="room-actions">${n(this,p,as).call(this,e)}</section>`}
      <div class="pair">
        <section class="panel chat">
          <h2>${t.room.chat}</h2>
          <ol data-testid="chat" aria-live="polite">${m.chat.value.length?m.chat.value.map(a=>i`<li><b>${a.name}</b> ${a.text}</li>`):i`<li class="hush">${t.room.chatEmpty}</li>`}</ol>
          <form @submit=${a=>n(this,p,es).call(this,a)}><input name="text" data-testid="chat-input" aria-label=${t.room.say} placeholder=${t.room.say} maxlength="300" autocomplete="off" /><button class="button" data-testid="chat-send">${t.room.send}</button></form>
        </section>
        <div>
          ${n(this,p,ss).call(this,e)}
          ${e.tournament?u:i`<section class="panel">
            <h2>${t.room.bench}</h2>
            ${s.length?i`<ul class="bench" data-testid="bench">${s.map(a=>i`<li>${n(this,p,jt).call(this,e,a)}</li>`)}</ul>`:i`<p class="hush">${t.room.benchEmpty}</p>`}
          </section>`}
        </div>
      </div>
      <footer>${e.last?i`<a href=${`/result/${e.last.sessionId}`} data-testid="room-last">${t.room.last(e.last.result?.left??0,e.last.result?.right??0)}</a>`:u}
        <button class="quiet" data-testid="room-leave" @click=${()=>{n(this,p,Ze).call(this)}}>${t.room.leave}</button></footer>
    </main>`}};wt=new WeakMap,p=new WeakSet,Mt=async function(){this.entering=!0,this.trouble=this.watchable="";try{await m.open();let t=m.room.value;t?.code!==this.code&&(t&&await m.do({case:"leaveRoom",value:{}}),await m.do({case:"joinRoom",value:{code:this.code}}))}catch(t){this.trouble=F(t),t instanceof zt&&t.reason===22&&(this.watchable=t.refusal.sessionId)}finally{this.entering=!1}},U=async function(t){this.trouble="";try{await m.do(t)}catch(e){this.trouble=F(e)}},Ze=async function(){await n(this,p,U).call(this,{case:"leaveRoom",value:{}}),_("/")},Ct=function(){return`${location.origin}/room/${this.code}`},ts=async function(){try{navigator.share&&matchMedia("(pointer: coarse)").matches?await navigator.share({title:"Matchpoint",url:T(this,p,Ct)}):(await navigator.clipboard.writeText(T(this,p,Ct)),this.copied=!0,setTimeout(()=>this.copied=!1,2e3))}catch{this.querySelector("[data-testid=room-link]")?.select()}},es=function(t){t.preventDefault();let e=t.target.elements.namedItem("text"),s=e.value.trim();s&&(e.value="",n(this,p,U).call(this,{case:"say",value:{text:s}}))},Lt=function(t,e,s=t.unlisted){let{$typeName:a,...o}=t.ruleset;n(this,p,U).call(this,{case:"setSettings",value:{ruleset:{...o,...e},unlisted:s,...t.tournament?{tournament:t.tournament}:{}}})},Bt=function(t,e){let s=h().room,a=t.members.find(r=>r.seated&&r.seat===e),o=t.members.find(r=>r.accountId===y.value?.accountId);return i`<div class=${`seat ${e?"right":"left"} ${a?.ready?"ready":""} ${a?"":"free"}`} data-testid=${e?"seat-right":"seat-left"}>
      <small>${e?s.right:s.left}</small>
      ${a?i`${n(this,p,jt).call(this,t,a)}<span class="state">${a.connected?a.ready?s.isReady:s.waiting:s.away}</span>`:i`<b class="hush">${s.free}</b>${o&&!o.seated&&!t.sessionId?i`<button class="button" data-testid="take-seat" @click=${()=>{n(this,p,U).call(this,{case:"setSeat",value:{seated:!0}})}}>${s.take}</button>`:u}`}
    </div>`},jt=function(t,e){let s=h(),a=e.accountId===y.value?.accountId,o=t.hostAccountId===y.value?.accountId;return i`<b class=${e.connected?"":"absent"}>${e.name}${a?i`<em>${s.common.you}</em>`:u}${e.accountId===t.hostAccountId?i`<em class="host">${s.room.host}</em>`:u}
      ${o&&!a?i`<button class="quiet icon small" data-testid="room-kick" aria-label=${s.room.kickWhom(e.name)} title=${s.room.kickWhom(e.name)} @click=${()=>{n(this,p,U).call(this,{case:"kick",value:{accountId:e.accountId}})}}>${H.close()}</button>`:u}</b>
      <mp-befriend .who=${e.accountId} .name=${e.name}></mp-befriend>`},ss=function(t){let e=h().room,s=t.ruleset,a=t.hostAccountId===y.value?.accountId&&!t.sessionId,o=(r,l,d,k)=>{let b=k.some(([f])=>f===d)?k:[...k,[d,String(d)]];return i`<label>${l}<select data-testid=${`rule-${r}`} ?disabled=${!a} @change=${f=>n(this,p,Lt).call(this,t,{[r]:Number(f.target.value)})}>
        ${b.map(([f,E])=>i`<option value=${f} ?selected=${f===d}>${E}</option>`)}</select></label>`};return i`<details class="panel settings" ?open=${a}>
      <summary><h2>${e.settings}</h2></summary>
      ${a?u:i`<p class="hush">${e.hostOnly}</p>`}
      <div class="grid">
        ${o("pointsToWin",e.points,s?.pointsToWin??11,[1,3,5,7,11,15,21].map(r=>[r,String(r)]))}
        ${o("startSpeed",e.speed,s?.startSpeed??11e4,[[8e4,e.slow],[11e4,e.normal],[15e4,e.fast]])}
        ${o("paddleHalfHeight",e.paddle,s?.paddleHalfHeight??7500,[[5e3,e.small],[7500,e.normal],[11e3,e.large]])}
        ${o("timeLimitS",e.time,s?.timeLimitS??1800,[180,300,600,1800].map(r=>[r,e.minutes(r/60)]))}
      </div>
      <label class="check"><input type="checkbox" .checked=${s?.directionsOnly??!1} ?disabled=${!a} @change=${r=>n(this,p,Lt).call(this,t,{directionsOnly:r.target.checked})} />${e.directions}</label>
      <label class="check"><input type="checkbox" .checked=${t.unlisted} ?disabled=${!a} @change=${r=>n(this,p,Lt).call(this,t,{},r.target.checked)} />${e.unlisted}</label>
    </details>`},as=function(t){let e=h().room,s=t.members.find(d=>d.accountId===y.value?.accountId),a=t.hostAccountId===s?.accountId,o=t.members.filter(d=>d.seated),r=o.length===2&&o.every(d=>d.ready);if(t.sessionId)return i`<p>${e.playing}</p><button class="button strong" data-testid="room-to-match" @click=${()=>_(`/${s?.seated?"play":"watch"}/${t.sessionId}`)}>${s?.seated?e.toMatch:h().common.watch}</button>`;let l=o.length<2?e.needPlayer:r?a?e.canStart:e.hostStarts:e.needReady;return i`
      ${s?.seated?i`<button class=${`button ${s.ready?"":"strong"}`} data-testid="room-ready" aria-pressed=${s.ready} @click=${()=>{n(this,p,U).call(this,{case:"setReady",value:{ready:!s.ready}})}}>${s.ready?e.notReady:e.ready}</button>`:u}
      ${a?i`<button class=${`button ${r?"strong":""}`} data-testid="room-start" ?disabled=${!r} @click=${()=>{n(this,p,U).call(this,{case:"start",value:{}})}}>${e.start}</button>`:u}
      <p class="hush" aria-live="polite">${l}</p>
      ${s?.seated?i`<button class="quiet" data-testid="room-bench" @click=${()=>{n(this,p,U).call(this,{case:"setSeat",value:{seated:!1}})}}>${e.giveUp}</button>`:u}`},os=function(){let t=h(),e=m.out.value===2?t.room.kicked:m.out.value===3?t.room.tooLongAway:"";return this.entering&&!this.trouble?i`<main class="narrow"><p class="hush">${t.common.loading}</p></main>`:i`<main class="narrow">
      <h1>${t.room.title} ${this.code}</h1>
      <p class="trouble" role="alert" data-testid="trouble">${this.trouble||e||(y.value===null?Qt(1):t.errors.unreachable)}</p>
      <div class="actions">
        ${this.watchable?i`<a class="button strong" href=${`/watch/${this.watchable}`}>${t.common.watch}</a>`:m.out.value===2?u:i`<button class="button strong" @click=${()=>{n(this,p,Mt).call(this)}}>${e?t.room.rejoin:t.common.retry}</button>`}
        <a class="button" href="/">${t.common.home}</a>
      </div></main>`},v([tt()],V.prototype,"code",2),v([S()],V.prototype,"trouble",2),v([S()],V.prototype,"watchable",2),v([S()],V.prototype,"entering",2),v([S()],V.prototype,"copied",2),V=v([M("mp-room")],V);var $s={replay:()=>import("./part-e3da8b6c2f.js"),tournament:()=>import("./part-836caf9cc8.js"),tournaments:()=>import("./part-4fb7029be9.js")};function vs(c){if(document.visibilityState==="visible")return c();dt.play("won"),document.title=`▶ ${h().court.starting} · Matchpoint`,document.addEventListener("visibilitychange",c,{once:!0})}var lt,X,Vt,is,kt=class extends O{constructor(){super(...arguments);g(this,X);this.shows=[A,y,w.list,w.invitations];g(this,lt);this.missing=!1}connectedCallback(){super.connectedCallback(),this.addEventListener("click",ee);let t=()=>dt.wake();addEventListener("pointerdown",t),addEventListener("keydown",t),m.started=e=>{let s=m.room.value?.code;se(e,s?{kind:"room",code:s}:void 0);let a=!!m.room.value?.tournament;vs(()=>_(a?`/tournament/${e.sessionId}`:e.ticket&&e.seats.length?`/play/${e.sessionId}`:`/watch/${e.sessionId}`))},A.watch(()=>{q.value="",n(this,X,Vt).call(this)}),n(this,X,Vt).call(this),St().catch(e=>console.warn(F(e)))}updated(){let t=A.value,e=h();m.watching=t.page==="watch"||t.page==="tournament"?t.session:"";let s=t.page==="room"?`${e.room.title} ${t.code}`:t.page==="watch"?e.common.watch:t.page==="result"?e.result.title:t.page==="replay"?e.replay.title:t.page==="nowhere"?e.errors.notFound:t.page==="tournaments"?e.home.tournaments:"";document.title=s?`${s} · Matchpoint`:"Matchpoint",T(this,lt)&&T(this,lt)!==t&&requestAnimationFrame(()=>{let a=this.querySelector("main");a?.setAttribute("tabindex","-1"),a?.focus({preventScroll:!0})}),P(this,lt,t)}render(){let t=["play","watch","replay"].includes(A.value.page),e=h(),s=y.value,a=w.waiting;return i`
      <header class=${t?"top slim":"top"}>
        ${ne()}
        <nav>${t?u:i`<button class="quiet who" data-testid="account" aria-haspopup="dialog" title=${e.account.title} @click=${()=>q.value="account"}>${H.person()}<span data-testid="who">${s?s.name:e.account.signIn}</span></button>`}
          <button class="quiet icon" data-testid="friends-open" aria-haspopup="dialog" aria-label=${e.friends.open(a)} title=${e.friends.title}
            @click=${()=>q.value="friends"}>${H.friends()}${a?i`<span class="badge" data-testid="friends-badge">${a}</span>`:u}</button>
          ${re(()=>this.requestUpdate())}</nav>
      </header>
      ${n(this,X,is).call(this)}
      <mp-calls></mp-calls><mp-friends></mp-friends><mp-account></mp-account>`}};lt=new WeakMap,X=new WeakSet,Vt=function(){this.missing=!1,$s[A.value.page]?.().catch(()=>this.missing=!0)},is=function(){let t=A.value,e=h();if(this.missing)return i`<main class="narrow"><h1>${e.errors.unreachable}</h1><button class="button strong" @click=${()=>location.reload()}>${e.common.retry}</button></main>`;switch(t.page){case"home":return i`<mp-home></mp-home>`;case"room":return i`<mp-room .code=${t.code}></mp-room>`;case"play":case"watch":return i`<mp-match .mode=${t.page} .session=${t.session}></mp-match>`;case"result":return i`<mp-result .session=${t.session}></mp-result>`;case"replay":return i`<mp-replay .session=${t.session} .match=${t.match}></mp-replay>`;case"tournament":return i`<mp-tournament .session=${t.session}></mp-tournament>`;case"tournaments":return i`<mp-tournaments></mp-tournaments>`;case"nowhere":return i`<main class="narrow" data-testid="nowhere"><h1>${h().errors.notFound}</h1><p class="hush">${h().errors.notFoundHint}</p><a class="button strong" href="/" data-testid="to-home">${h().common.home}</a></main>`}},v([S()],kt.prototype,"missing",2),kt=v([M("mp-app")],kt);export{kt as App};
