import"./part-395fb052fd.js";import{a as pe}from"./part-7cfe633085.js";import{a as qt,b as he}from"./part-53285831cc.js";import{s as me,t as ue}from"./part-c1724fce34.js";import"./part-c1974a1c40.js";import{a as re,b as w,e as C,f as h}from"./part-f3570ec12c.js";import{a as P,b as _,c as ae,d as ie,e as oe,g as Ot,k as ne,l as Et}from"./part-c1f7256fd6.js";import{$ as mt,N as Qt,P as Jt,R as m,S as q,T as Xt,V as G,Y as St,a as v,aa as y,b as T,ba as It,c as g,d as A,e as n,ea as xt,f as o,fa as Zt,g as tt,ga as te,h as zt,ha as ee,i as u,ia as se,j as Yt,ja as st,k as M,ka as U,l as et,la as le,m as S,ma as F,na as ce,oa as j,pa as de}from"./part-bada6917c8.js";var N=new Jt(""),V=class extends U{constructor(){super(...arguments);this.trouble="";this.said="";this.busy=!1}#t;connectedCallback(){super.connectedCallback(),this.#t=N.watch(()=>{this.trouble=this.said="",this.requestUpdate()})}disconnectedCallback(){super.disconnectedCallback(),this.#t?.()}updated(){let t=this.querySelector("dialog"),e=N.value===this.name;e&&!t.open&&t.showModal(),!e&&t.open&&t.close()}close(){N.value===this.name&&(N.value="")}async attempt(t,e=""){if(this.busy)return!1;this.busy=!0,this.trouble=this.said="";try{return await t(),this.said=e,!0}catch(s){return this.trouble=q(s),!1}finally{this.busy=!1}}fields(t){t.preventDefault();let e=new FormData(t.target);return s=>{let a=String(e.get(s)??"");return s.includes("assword")?a:a.trim()}}frame(t,e){return o`<dialog class="drawer" data-testid=${`${this.name}-drawer`} aria-labelledby=${`${this.name}-title`}
      @close=${()=>this.close()} @click=${s=>s.target===s.currentTarget&&this.close()}>
      <div class="inside">
        <header><h2 id=${`${this.name}-title`} tabindex="-1" autofocus>${t}</h2>
          <button class="quiet icon" data-testid=${`${this.name}-close`} aria-label=${m().account.close} @click=${()=>this.close()}>${F.close()}</button></header>
        ${N.value===this.name?o`
          <p class="trouble" role="alert" data-testid=${`${this.name}-trouble`}>${this.trouble}</p>
          <p class="said" role="status" data-testid=${`${this.name}-said`}>${this.said}</p>
          ${e()}`:u}
      </div></dialog>`}};v([S()],V.prototype,"trouble",2),v([S()],V.prototype,"said",2),v([S()],V.prototype,"busy",2);var I,$e,ve,fe,be,ge,ht,Rt,ye,we,ke,ut=class extends V{constructor(){super(...arguments);g(this,I);this.name="account";this.shows=[y];this.signingIn=!1}render(){let t=y.value;return this.frame(m().account.title,()=>t&&!t.guest?n(this,I,ke).call(this,t.name):this.signingIn?n(this,I,ye).call(this):n(this,I,we).call(this))}};I=new WeakSet,$e=async function(t){let e=this.fields(t);await this.attempt(()=>Zt(e("name"),e("password")),m().account.registered)},ve=async function(t){let e=this.fields(t);await this.attempt(()=>te(e("name"),e("password")))&&(this.signingIn=!1,this.close())},fe=async function(t){let e=this.fields(t);e("name")!==y.value?.name&&await this.attempt(()=>xt(e("name")),m().home.renamed)},be=async function(t){let e=t.target,s=this.fields(t);await this.attempt(()=>ee(s("password"),s("newPassword")),m().account.changed)&&e.reset()},ge=async function(){await this.attempt(se)&&(this.close(),_("/"))},ht=function(t,e,s){return o`<label>${e}<input type="password" name=${t} data-testid=${`account-${t}`} autocomplete=${s?"new-password":"current-password"}
      minlength=${s?8:1} maxlength="200" required placeholder=${s?m().account.passwordHint:""} /></label>`},Rt=function(t){return o`<label>${m().account.name}<input name="name" data-testid="account-name" .value=${t} maxlength="40" autocomplete="username" autocapitalize="off" spellcheck="false" required /></label>`},ye=function(){let t=m().account;return o`<form class="stack" @submit=${e=>{n(this,I,ve).call(this,e)}}>
        ${n(this,I,Rt).call(this,"")}${n(this,I,ht).call(this,"password",t.password,!1)}
        ${y.value?o`<p class="hush">${t.ends(y.value.name)}</p>`:u}
        <button class="button strong" data-testid="account-sign-in">${t.signIn}</button>
      </form>
      <button class="quiet" data-testid="account-have-not" @click=${()=>this.signingIn=!1}>${t.haveNot}</button>`},we=function(){let t=m().account;return o`<p class="hush">${t.why}</p>
      <form class="stack" @submit=${e=>{n(this,I,$e).call(this,e)}}>
        ${n(this,I,Rt).call(this,y.value?.name??"")}${n(this,I,ht).call(this,"password",t.password,!0)}
        <button class="button strong" data-testid="account-register">${t.register}</button>
      </form>
      <button class="quiet" data-testid="account-have" @click=${()=>this.signingIn=!0}>${t.have}</button>`},ke=function(t){let e=m().account;return o`<form class="beside" @submit=${s=>{n(this,I,fe).call(this,s)}}>
        ${n(this,I,Rt).call(this,t)}<button class="button" data-testid="account-rename">${m().home.rename}</button>
      </form>
      <details><summary data-testid="account-change-open">${e.change}</summary>
        <form class="stack" @submit=${s=>{n(this,I,be).call(this,s)}}>
          <input name="name" .value=${t} autocomplete="username" hidden />
          ${n(this,I,ht).call(this,"password",e.current,!1)}${n(this,I,ht).call(this,"newPassword",e.next,!0)}
          <button class="button" data-testid="account-change">${e.change}</button>
        </form></details>
      <button class="button" data-testid="account-sign-out" @click=${()=>{n(this,I,ge).call(this)}}>${e.signOut}</button>`},v([S()],ut.prototype,"signingIn",2),ut=v([M("mp-account")],ut);var us=6e3,pt,$t,vt,O,Te,Se,Ut,Ie,xe,Ee,at=class extends U{constructor(){super(...arguments);g(this,O);this.shows=[w.invitations,P,C.list,C.begun];this.spoken="";this.glimpse=!1;g(this,pt,[]);g(this,$t,new Set);g(this,vt)}connectedCallback(){super.connectedCallback(),A(this,pt,[w.list.watch(()=>n(this,O,Te).call(this)),w.invitations.watch(()=>n(this,O,Se).call(this)),P.watch(()=>n(this,O,Ut).call(this)),C.begun.watch(()=>n(this,O,Ie).call(this)),h.room.watch(()=>h.room.value&&w.settle(h.room.value.code))])}disconnectedCallback(){super.disconnectedCallback();for(let t of T(this,pt))t()}render(){return o`<div role="status">${C.calling?n(this,O,xe).call(this,C.calling):n(this,O,Ee).call(this)}</div><p class="unseen" aria-live="polite" data-testid="calls">${this.spoken}</p>`}};pt=new WeakMap,$t=new WeakMap,vt=new WeakMap,O=new WeakSet,Te=function(){let t=w.of(3),e=t.filter(s=>!T(this,$t).has(s.accountId));A(this,$t,new Set(t.map(s=>s.accountId))),e.length&&(this.spoken=e.map(s=>m().friends.wants(s.name)).join(" "))},Se=function(){let[t]=w.invitations.value,e=t!==void 0&&t!==T(this,vt);if(A(this,vt,t),!!e){if(P.value.page!=="play")return st.play("go");this.glimpse=!0,setTimeout(()=>this.glimpse=!1,us)}},Ut=function(){P.value.page==="tournament"&&C.see(P.value.session)},Ie=function(){n(this,O,Ut).call(this),C.calling&&st.play("go")},xe=function({title:t,sessionId:e}){let s=m().places;return o`<div class=${P.value.page==="play"?"call aside":"call"} data-testid="begun"><p>${s.begun(t)}</p>
      <a class="button strong" href=${`/tournament/${e}`} data-testid="begun-go">${s.goThere}</a>
      <button class="button" data-testid="begun-later" @click=${()=>C.see(e)}>${s.later}</button></div>`},Ee=function(){let t=m().friends,[e]=w.invitations.value;return e?P.value.page==="play"?this.glimpse?o`<div class="call still" data-testid="invitation"><p>${t.waits(e.name)}</p></div>`:u:o`<div class="call" data-testid="invitation"><p>${t.invites(e.name)}</p>
      <a class="button strong" href=${`/room/${e.roomCode}`} data-testid="invitation-accept">${t.join}</a>
      <button class="button" data-testid="invitation-later" @click=${()=>w.settle(e.roomCode)}>${t.later}</button></div>`:u},v([S()],at.prototype,"spoken",2),v([S()],at.prototype,"glimpse",2),at=v([M("mp-calls")],at);var Re={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},Pe=c=>(...$)=>({_$litDirective$:c,values:$}),Pt=class{constructor($){}get _$AU(){return this._$AM._$AU}_$AT($,t,e){this._$Ct=$,this._$AM=t,this._$Ci=e}_$AS($,t){return this.update($,t)}update($,t){return this.render(...t)}};var{I:hs}=Yt,Ae=c=>c;var _e=()=>document.createComment(""),it=(c,$,t)=>{let e=c._$AA.parentNode,s=$===void 0?c._$AB:$._$AA;if(t===void 0){let a=e.insertBefore(_e(),s),i=e.insertBefore(_e(),s);t=new hs(a,i,c,c.options)}else{let a=t._$AB.nextSibling,i=t._$AM,r=i!==c;if(r){let l;t._$AQ?.(c),t._$AM=c,t._$AP!==void 0&&(l=c._$AU)!==i._$AU&&t._$AP(l)}if(a!==s||r){let l=t._$AA;for(;l!==a;){let d=Ae(l).nextSibling;Ae(e).insertBefore(l,s),l=d}}}return t},z=(c,$,t=c)=>(c._$AI($,t),c),ps={},Me=(c,$=ps)=>c._$AH=$,Ce=c=>c._$AH,At=c=>{c._$AR(),c._$AA.remove()};var Le=(c,$,t)=>{let e=new Map;for(let s=$;s<=t;s++)e.set(c[s],s);return e},He=Pe(class extends Pt{constructor(c){if(super(c),c.type!==Re.CHILD)throw Error("repeat() can only be used in text expressions")}dt(c,$,t){let e;t===void 0?t=$:$!==void 0&&(e=$);let s=[],a=[],i=0;for(let r of c)s[i]=e?e(r,i):i,a[i]=t(r,i),i++;return{values:a,keys:s}}render(c,$,t){return this.dt(c,$,t).values}update(c,[$,t,e]){let s=Ce(c),{values:a,keys:i}=this.dt($,t,e);if(!Array.isArray(s))return this.ut=i,a;let r=this.ut??=[],l=[],d,k,b=0,f=s.length-1,E=0,H=a.length-1;for(;b<=f&&E<=H;)if(s[b]===null)b++;else if(s[f]===null)f--;else if(r[b]===i[E])l[E]=z(s[b],a[E]),b++,E++;else if(r[f]===i[H])l[H]=z(s[f],a[H]),f--,H--;else if(r[b]===i[H])l[H]=z(s[b],a[H]),it(c,l[H+1],s[b]),b++,H--;else if(r[f]===i[E])l[E]=z(s[f],a[E]),it(c,s[b],s[f]),f--,E++;else if(d===void 0&&(d=Le(i,E,H),k=Le(r,b,f)),d.has(r[b]))if(d.has(r[f])){let B=k.get(i[E]),Ft=B!==void 0?s[B]:null;if(Ft===null){let Gt=it(c,s[b]);z(Gt,a[E]),l[E]=Gt}else l[E]=z(Ft,a[E]),it(c,s[b],Ft),s[B]=null;E++}else At(s[f]),f--;else At(s[b]),b++;for(;E<=H;){let B=it(c,l[H+1]);z(B,a[E]),l[E++]=B}for(;b<=f;){let B=s[b++];B!==null&&At(B)}return this.ut=i,Me(c,l),zt}});var $s=1e4,_t=(c,$)=>He(c,t=>t.accountId,$),x,Fe,Oe,qe,Y,Ue,Ne,De,Be,ft=class extends V{constructor(){super(...arguments);g(this,x);this.name="friends";this.shows=[y,w.list,w.invitations,h.room,h.state,P];this.invited=[]}render(){let t=m().friends;return this.frame(t.title,()=>{let[e,s,a,i]=[3,1,2,4].map(l=>w.of(l)),r=P.value.page!=="play";return o`
        ${y.value&&h.state.value==="retrying"?o`<p class="hush" role="status">${t.offline}</p>`:u}
        ${y.value&&!y.value.guest?u:o`<button class="quiet hint" data-testid="friends-register" @click=${()=>N.value="account"}>${m().account.why}</button>`}
        ${w.invitations.value.length?o`<ul data-testid="invitations">${w.invitations.value.map(l=>o`<li class="asks">
          <span class="whom"><b>${t.invites(l.name)}</b></span><span class="deeds">
          ${r?o`<a class="button strong" href=${`/room/${l.roomCode}`} data-testid="invitation-join">${t.join}</a>`:u}
          <button class="button" @click=${()=>w.settle(l.roomCode)}>${t.later}</button></span></li>`)}</ul>`:u}
        ${e.length?o`<ul>${_t(e,l=>n(this,x,De).call(this,l))}</ul>`:u}
        <form class="beside" @submit=${l=>{n(this,x,Fe).call(this,l)}}>
          <label>${t.name}<input name="name" data-testid="friend-name" placeholder=${t.placeholder} maxlength="40" autocomplete="off" autocapitalize="off" spellcheck="false" required /></label>
          <button class="button" data-testid="friend-ask">${t.ask}</button></form>
        ${s.length?o`<ul data-testid="friends">${_t(s,l=>n(this,x,Ne).call(this,l))}</ul>`:e.length||a.length?u:o`<p class="hush">${t.empty}</p>`}
        ${a.length?o`<ul>${_t(a,l=>o`<li data-testid="friend-asked" data-name=${l.name}><span class="whom"><b>${l.name}</b><small>${t.asked}</small></span>
          ${n(this,x,Y).call(this,"friend-take-back",t.takeBack,"quiet",()=>w.remove(l.accountId))}</li>`)}</ul>`:u}
        ${i.length?n(this,x,Be).call(this,i):u}`})}};x=new WeakSet,Fe=async function(t){let e=t.target,s=this.fields(t)("name");if(!s||!await this.attempt(()=>w.ask(s)))return;e.reset();let a=r=>r.name.toLowerCase()===s.toLowerCase(),i=m().friends;this.said=w.of(1).some(a)?i.nowFriends(s):i.youAsked(s)},Oe=async function({accountId:t}){await this.attempt(async()=>{await h.open();let s=h.room.value?.code??await h.duelRoom();await h.do({case:"invite",value:{accountId:t}}),this.invited=[...this.invited,t],setTimeout(()=>this.invited=this.invited.filter(a=>a!==t),$s),(P.value.page!=="room"||P.value.code!==s)&&_(`/room/${s}`)})&&(this.said=m().friends.invited)},qe=function(t){let e=m().friends;switch(t.whereabouts){case 2:return e.online;case 3:return e.inRoom;case 4:return e.watching;case 5:return e.inMatch;default:return e.away}},Y=function(t,e,s,a){return o`<button class=${s} data-testid=${t} @click=${()=>{this.attempt(a)}}>${e}</button>`},Ue=function(t){let e=m().friends;if(P.value.page==="play"||!re(t))return u;let s=h.room.value,a=s?.members.some(r=>r.accountId===t.accountId),i=this.invited.includes(t.accountId);return o`
      ${t.roomCode&&!a?o`<a class="button" href=${`/room/${t.roomCode}`} data-testid="friend-join">${e.join}</a>`:u}
      ${t.sessionId?o`<a class="button" href=${`/watch/${t.sessionId}`} data-testid="friend-watch">${m().common.watch}</a>`:u}
      ${a||t.roomCode&&!s?u:o`<button class="button" data-testid="friend-invite" ?disabled=${i} @click=${()=>{n(this,x,Oe).call(this,t)}}>${i?e.invited:e.invite}</button>`}`},Ne=function(t){let e=m().friends;return o`<li data-testid="friend" data-name=${t.name}>
      <i class=${`light w${t.whereabouts}`}></i>
      <span class="whom"><b>${t.name}</b><small data-testid="friend-whereabouts">${n(this,x,qe).call(this,t)}</small></span>
      <span class="deeds">${n(this,x,Ue).call(this,t)}
        <details class="more"><summary class="quiet icon" data-testid="friend-more" aria-label=${e.more(t.name)} title=${e.more(t.name)}>${F.more()}</summary>
          <div>${n(this,x,Y).call(this,"friend-remove",e.remove,"quiet",()=>w.remove(t.accountId))}${n(this,x,Y).call(this,"friend-block",e.block,"quiet",()=>w.block(t.accountId))}</div></details></span>
    </li>`},De=function(t){let e=m().friends;return o`<li class="asks" data-testid="friend-asks" data-name=${t.name}>
      <span class="whom"><b>${t.name}</b><small>${e.asks}</small></span>
      <span class="deeds">${n(this,x,Y).call(this,"friend-accept",e.accept,"button strong",()=>w.answer(t.accountId,!0))}
        ${n(this,x,Y).call(this,"friend-decline",e.decline,"button",()=>w.answer(t.accountId,!1))}
        <details class="more"><summary class="quiet icon" data-testid="friend-more" aria-label=${e.more(t.name)} title=${e.more(t.name)}>${F.more()}</summary>
          <div>${n(this,x,Y).call(this,"friend-block",e.block,"quiet",()=>w.block(t.accountId))}</div></details></span>
    </li>`},Be=function(t){let e=m().friends;return o`<details class="blocked"><summary data-testid="friends-blocked">${e.blocked} (${t.length})</summary>
      <p class="hush">${e.blockHint}</p>
      <ul>${_t(t,s=>o`<li data-testid="friend-blocked" data-name=${s.name}><span class="whom"><b>${s.name}</b></span>
        ${n(this,x,Y).call(this,"friend-unblock",e.unblock,"quiet",()=>w.unblock(s.accountId))}</li>`)}</ul></details>`},v([S()],ft.prototype,"invited",2),ft=v([M("mp-friends")],ft);var ot,gt,Q,nt,rt,lt,yt,Nt,bt=class extends U{constructor(){super(...arguments);g(this,yt);this.session="";g(this,ot);g(this,gt,new qt([]));g(this,Q);g(this,nt,0);g(this,rt);g(this,lt,()=>{if(n(this,yt,Nt).call(this),!this.session||document.visibilityState!=="visible")return;let t=this.querySelector("canvas");if(!t)return;A(this,Q,new me(t)),A(this,gt,new qt([]));let e=T(this,gt),s=this.session;A(this,ot,new he("/ws/watch",{hello:()=>Promise.resolve({sessionId:s}),message:({body:i},r)=>{i.case==="joined"&&e.server.reset(),i.case==="frame"&&e.fold(i.value,r,()=>{})},lost:()=>{}}));let a=i=>{if(A(this,nt,requestAnimationFrame(a)),!e.card||!e.server.set)return;let r=e.scene(i),l=ue(r);l&&T(this,rt)?.flight&&T(this,rt).flight!==r.flight&&T(this,Q)?.hit(l.side,l.x,l.y,i),A(this,rt,r),T(this,Q)?.draw(r,e.half,i,!1)};A(this,nt,requestAnimationFrame(a))})}render(){return o`<canvas class="court mini" aria-hidden="true"></canvas>`}connectedCallback(){super.connectedCallback(),document.addEventListener("visibilitychange",T(this,lt))}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener("visibilitychange",T(this,lt)),n(this,yt,Nt).call(this)}updated(t){t.has("session")&&T(this,lt).call(this)}};ot=new WeakMap,gt=new WeakMap,Q=new WeakMap,nt=new WeakMap,rt=new WeakMap,lt=new WeakMap,yt=new WeakSet,Nt=function(){cancelAnimationFrame(T(this,nt)),T(this,ot)?.close(),T(this,Q)?.dispose(),A(this,ot,A(this,Q,void 0))},v([et()],bt.prototype,"session",2),bt=v([M("mp-miniature")],bt);var vs=4e3,wt,ct,R,Dt,Bt,Mt,je,Ve,Ke,We,jt,K=class extends U{constructor(){super(...arguments);g(this,R);this.trouble="";this.nameTrouble="";this.saved=!1;this.busy="";this.shows=[y,C.list];g(this,wt,"");g(this,ct)}connectedCallback(){super.connectedCallback(),n(this,R,Dt).call(this)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(T(this,ct))}render(){let t=m().home,e=[["easy",1,t.easy,t.easyHint],["medium",2,t.medium,t.mediumHint],["hard",3,t.hard,t.hardHint]],s=C.duel?.roomCode,a=matchMedia("(pointer: coarse)").matches;return o`<main class="home">
      <section class="hero">
        <h1><span>${m().tagline.what}</span> <span>${m().tagline.how}</span></h1>
        ${this.trouble?o`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>`:u}
        ${Ot()?o`<a class="button strong" href=${Ot()} data-testid="home-resume">${t.backToMatch}</a>`:u}
        <mp-places></mp-places>
        <div class="panel">
          <h2>${t.bot}</h2>
          <div class="trio">
            ${e.map(([i,r,l,d])=>o`
              <button class=${`button choice ${i}`} data-testid=${`home-bot-${i}`} ?disabled=${!!this.busy} aria-busy=${this.busy===i}
                @click=${()=>n(this,R,Mt).call(this,{kind:"bot",strength:r},i)}><b>${l}</b><small>${d}</small></button>`)}
          </div>
          <button class="button level" data-testid="home-bot-level" ?disabled=${!!this.busy} aria-busy=${this.busy==="level"}
            @click=${()=>n(this,R,Mt).call(this,{kind:"bot",strength:2,level:!0},"level")}><b>${t.level}</b><small>${t.levelHint}</small></button>
        </div>
        <div class="pair">
          <div class="panel">
            <h2>${t.room}</h2>
            <button class="button strong" data-testid="home-room" ?disabled=${!!this.busy} aria-busy=${this.busy==="room"} @click=${()=>n(this,R,je).call(this)}>
              <b>${s?t.backToRoom(s):t.openRoom}</b></button>
            <form class="join" @submit=${i=>n(this,R,Ve).call(this,i)}>
              <input name="code" data-testid="join-code" aria-label=${t.code} placeholder=${t.code} maxlength="12" autocomplete="off" autocapitalize="characters" spellcheck="false" required />
              <button class="button" data-testid="join">${t.join}</button>
            </form>
          </div>
          <div class="panel">
            <h2>${a?t.localTouch:t.local}</h2>
            <button class="button" data-testid="home-local" ?disabled=${!!this.busy} aria-busy=${this.busy==="local"} @click=${()=>n(this,R,Mt).call(this,{kind:"local"},"local")}>
              <b>${t.play}</b></button>
            <p class="hush">${a?t.localTouchHint:t.localHint}</p>
          </div>
        </div>
        <a class="panel tournaments-link" href="/tournaments" data-testid="home-tournaments"><b>${t.tournaments}</b><small>${t.tournamentsHint}</small></a>
        <form class="name" @submit=${i=>{n(this,R,Ke).call(this,i)}}>
          <label for="name">${t.name}</label>
          <div><input id="name" name="name" data-testid="name-input" .value=${y.value?.name??""} placeholder=${t.namePlaceholder} maxlength="40" autocomplete="nickname" spellcheck="false" aria-describedby="name-trouble" />
          <button class="button" data-testid="name-save">${this.saved?t.renamed:t.rename}</button></div>
          <p class="trouble" id="name-trouble" role="alert" data-testid="name-trouble">${this.nameTrouble}</p>
        </form>
      </section>
      <section class="live" aria-labelledby="live-title">
        <h2 id="live-title"><i class="dot"></i>${t.watchLive}</h2>
        ${n(this,R,We).call(this)}
      </section>
    </main>`}};wt=new WeakMap,ct=new WeakMap,R=new WeakSet,Dt=async function(){if(clearTimeout(T(this,ct)),document.visibilityState==="visible")try{let t=await mt(St.method.listSessions,{pageSize:8});this.sessions=t.sessions}catch{}this.isConnected&&A(this,ct,setTimeout(()=>{n(this,R,Dt).call(this)},vs))},Bt=async function(t,e){if(!this.busy){this.busy=t,this.trouble="";try{await e()}catch(s){this.trouble=q(s)}finally{this.busy=""}}},Mt=function(t,e){n(this,R,Bt).call(this,e,()=>Et(t))},je=function(){n(this,R,Bt).call(this,"room",async()=>{_(`/room/${await h.duelRoom()}`)})},Ve=function(t){t.preventDefault();let e=t.target,s=String(new FormData(e).get("code")??"").replace(/[\s-]/g,"").toUpperCase();s&&_(`/room/${encodeURIComponent(s)}`)},Ke=async function(t){t.preventDefault();let e=String(new FormData(t.target).get("name")??"").trim();if(this.nameTrouble="",e!==y.value?.name)try{await xt(e),this.saved=!0,setTimeout(()=>this.saved=!1,2e3)}catch(s){this.nameTrouble=q(s)}},We=function(){let t=m().home,e=this.sessions;if(!e?.length)return o`<p class="hush">${e?t.nothingLive:m().common.loading}</p>`;let s=e.find(a=>a.sessionId===T(this,wt))??e[0];return A(this,wt,s.sessionId),o`
      <a class="feature" href=${`/watch/${s.sessionId}`} data-testid="home-watch-featured">
        <mp-miniature .session=${s.sessionId}></mp-miniature>
        ${n(this,R,jt).call(this,s)}
      </a>
      <ul class="matches" data-testid="home-live">
        ${e.filter(a=>a!==s).map(a=>o`<li><a href=${`/watch/${a.sessionId}`}>${n(this,R,jt).call(this,a)}</a></li>`)}
      </ul>`},jt=function(t){let e=m().home;return o`<span class="line">
      <span class="names"><b>${G(t.left)}</b><span class="digits">${t.leftScore}<i>:</i>${t.rightScore}</span><b>${G(t.right)}</b></span>
      <small>${t.origin===4?e.house:u}${t.viewers?o`<span>${F.eye()} ${e.viewers(t.viewers)}</span>`:u}</small>
    </span>`},v([S()],K.prototype,"sessions",2),v([S()],K.prototype,"trouble",2),v([S()],K.prototype,"nameTrouble",2),v([S()],K.prototype,"saved",2),v([S()],K.prototype,"busy",2),K=v([M("mp-home")],K);var J=640;function Ge(c,$){let e=Math.max(1,...c.map(d=>Math.max(d.left,d.right))),s=Math.max(1,c.at(-1)?.t??1),a=d=>28+d/s*(J-56),i=d=>176-d/e*152,r=d=>c.reduce((k,b)=>`${k}H${a(b.t).toFixed(1)}V${i(d(b)).toFixed(1)}`,`M${a(0)} ${i(0)}`),l=Array.from({length:e+1},(d,k)=>k).filter(d=>d%Math.ceil(e/5)===0);return o`<svg class="chart timeline" viewBox="0 0 ${J} ${200}" role="img" aria-label=${$} data-testid="result-timeline">
    ${l.map(d=>tt`<line class="grid" x1="28" x2=${J-28} y1=${i(d)} y2=${i(d)}/><text x="20" y=${i(d)+4} text-anchor="end">${d}</text>`)}
    <path class="left" d=${r(d=>d.left)} /><path class="right" d=${r(d=>d.right)} />
    ${c.map(d=>tt`<circle class=${d.scorer===1?"left":"right"} cx=${a(d.t)} cy=${i(d.scorer===1?d.left:d.right)} r="4.500"/>`)}
  </svg>`}function ze(c,$){let e=Math.max(4,...c.map(a=>a.rallyHits)),s=(J-24)/Math.max(c.length,12);return o`<svg class="chart rallies" viewBox="0 0 ${J} ${120}" role="img" aria-label=${$} data-testid="result-rallies">
    <line class="grid" x1="12" x2=${J-12} y1=${100} y2=${100} />
    ${c.map((a,i)=>{let r=Math.max(2,a.rallyHits/e*76),l=12+i*s;return tt`<rect class=${a.scorer===1?"left":"right"} x=${l+s*.18} y=${100-r} width=${s*.64} height=${r} rx="2"/><text x=${l+s/2} y=${94-r} text-anchor="middle">${a.rallyHits}</text>`})}
  </svg>`}function Ye(c,$,t,e){let a=t+900,i=(r,l,d)=>tt`
    <rect class="paddle" x=${l-5} y="10" width="10" height=${140} rx="3"/>
    <line class="grid" x1=${l-150} x2=${l+150} y1=${160/2} y2=${160/2}/>
    ${r.slice(-160).map((k,b,f)=>tt`<circle class=${d} cx=${l+(d==="left"?1:-1)*(16+(f.length<2?0:b/(f.length-1)*120))} cy=${160/2+k/a*(160/2-12)} r="3.500"/>`)}`;return o`<svg class="chart contacts" viewBox="0 0 ${J} ${160}" role="img" aria-label=${e} data-testid="result-contacts">
    ${i(c?.contactOffsets??[],160,"left")}${i($?.contactOffsets??[],J-160,"right")}
  </svg>`}var bs=1e3,gs=8,L,Qe,Je,Xe,Ze,ts,es,ss,X=class extends U{constructor(){super(...arguments);g(this,L);this.session="";this.trouble="";this.busy=!1;this.shows=[h.room,y]}updated(t){t.has("session")&&n(this,L,Qe).call(this)}render(){let t=m(),e=this.shown,s=e?.seats.length===1&&e.bot?{kind:"bot",strength:e.bot}:void 0,a=oe(this.session)?.again??s,i=h.room.value,r=a?.kind==="room"?a.code:i?.last?.sessionId===this.session?i.code:void 0,l=o`<div class="actions">
      ${a&&a.kind!=="room"?o`<button class="button strong" data-testid="result-again" ?disabled=${this.busy} @click=${()=>{n(this,L,Je).call(this,a)}}>${t.result.again}</button>`:u}
      ${r?o`${e?.seats.length===1?o`<button class="button strong" data-testid="result-rematch" ?disabled=${this.busy} @click=${()=>{n(this,L,Xe).call(this,r)}}>${t.result.rematch}</button>`:u}
        <button class="button" data-testid="result-room" @click=${()=>_(`/room/${r}`)}>${t.result.toRoom}</button>`:u}
      ${e&&!e.seats.length?o`<button class="button strong" data-testid="result-watch" ?disabled=${this.busy} @click=${()=>{n(this,L,Ze).call(this)}}>${t.watch.another}</button>`:u}
      ${e&&!e.house?o`<a class="button" href=${`/replay/${this.session}/1`} data-testid="result-replay">${F.play()} ${t.replay.watch}</a>`:u}
      <a class="button" href="/" data-testid="result-home">${t.common.home}</a>
    </div>`;if(!e)return o`<main class="narrow"><h1>${t.result.title}</h1><p class=${this.trouble?"trouble":"hush"} role="status">${this.trouble||t.common.loading}</p>${l}</main>`;let{result:d}=e,k=d.stats?.game.case==="pong"?d.stats.game.value:void 0,b=f=>k?.points.length?t.result.seconds((k.points.reduce((E,H)=>E+f(H),0)/k.points.length/1e6).toFixed(1)):t.result.none;return o`<main class="result" data-testid="result">
      <section class="final">
        ${n(this,L,es).call(this,e)}
        <div class="board">
          <div class=${`player left ${e.seats.length===1&&e.seats[0]===0?"own":""}`}><b data-testid="result-name-left">${e.left}</b></div>
          <div class="digits"><span data-testid="result-left">${d.left}</span><i></i><span data-testid="result-right">${d.right}</span></div>
          <div class=${`player right ${e.seats.length===1&&e.seats[0]===1?"own":""}`}><b data-testid="result-name-right">${e.right}</b></div>
        </div>
        ${n(this,L,ts).call(this,e)}
        ${l}
        ${this.trouble?o`<p class="trouble" role="alert">${this.trouble}</p>`:u}
      </section>
      ${k&&k.points.length+k.hits>0?o`
        <dl class="facts">
          <div><dt>${t.result.duration}</dt><dd data-testid="result-duration">${de(d.durationUs)}</dd></div>
          <div><dt>${t.result.point}</dt><dd data-testid="result-point">${b(f=>f.pointUs)}</dd></div>
          <div><dt>${t.result.serve}</dt><dd data-testid="result-serve">${b(f=>f.serveUs)}</dd></div>
          <div><dt>${t.result.longest}</dt><dd data-testid="result-longest">${t.result.hitsUnit(k.longestRally)}</dd></div>
          <div><dt>${t.result.top}</dt><dd data-testid="result-top-speed">${j(k.topSpeed/100)}<small>${t.result.speedUnit}</small></dd></div>
          <div><dt>${t.result.hits}</dt><dd data-testid="result-hits">${j(k.hits)}</dd></div>
        </dl>
        <section class="panel"><h2>${t.result.statistics}</h2>${n(this,L,ss).call(this,k)}</section>
        ${k.points.length?o`<section class="panel"><h2>${t.result.timeline}</h2>${Ge(k.points,t.result.timeline)}</section>
        <section class="panel"><h2>${t.result.rallies}</h2>${ze(k.points,t.result.rallies)}</section>`:u}
        <section class="panel"><h2>${t.result.contact}</h2><p class="hush">${t.result.contactHint}</p>${Ye(k.left,k.right,e.half,t.result.contact)}</section>`:u}
    </main>`}};L=new WeakSet,Qe=async function(){let t=this.session;this.shown=void 0,this.trouble="";let e=ne(t);if(e){let{card:s,result:a,seats:i}=e;this.shown={left:G(s.left),right:G(s.right),accounts:[s.left?.accountId??"",s.right?.accountId??""],house:!!(s.left?.bot&&s.right?.bot),half:s.ruleset?.paddleHalfHeight||7500,result:a,seats:i,bot:s.left?.bot||s.right?.bot||0};return}for(let s=0;s<gs&&this.isConnected&&t===this.session;s++)try{let a=await It(),{match:i}=await mt(pe.method.getMatch,{sessionId:t}),r=i?.spec?.seats??[];this.shown={left:G(r.find(l=>l.seat===0)),right:G(r.find(l=>l.seat===1)),house:!1,accounts:[r.find(l=>l.seat===0)?.accountId??"",r.find(l=>l.seat===1)?.accountId??""],half:i?.spec?.ruleset?.paddleHalfHeight||7500,result:i.result,seats:r.filter(l=>a&&l.accountId===a.accountId).map(l=>l.seat),bot:r.find(l=>l.bot)?.bot??0};return}catch(a){this.trouble=q(a),await new Promise(i=>setTimeout(i,bs))}},Je=async function(t){if(t.kind==="room"){_(`/room/${t.code}`);return}this.busy=!0;try{await Et(t)}catch(e){this.trouble=q(e)}finally{this.busy=!1}},Xe=async function(t){this.busy=!0;try{await h.open(),h.room.value?.code!==t&&await h.enter(t),await h.roomOpen(t),await h.do({case:"setReady",value:{ready:!0}})}catch{}this.busy=!1,_(`/room/${t}`)},Ze=async function(){this.busy=!0;try{let{sessions:t}=await mt(St.method.listSessions,{pageSize:2}),e=t.find(s=>s.sessionId!==this.session);_(e?`/watch/${e.sessionId}`:"/")}catch(t){this.trouble=q(t)}finally{this.busy=!1}},ts=function({seats:t,accounts:e,left:s,right:a}){let i=t.length===1?1-t[0]:void 0;return i===void 0||!e[i]?u:o`<mp-befriend .who=${e[i]} .name=${i?a:s} .named=${!0}></mp-befriend>`},es=function({result:t,left:e,right:s,seats:a}){let i=m().result,r=t.winner===1?0:t.winner===2?1:void 0,l=t.outcome===3?i.draw:r===void 0?i.void:a.length===1?a[0]===r?i.won:i.lost:i.wins(r===0?e:s);return o`<h1 data-testid="result-headline" class=${a.length===1&&r!==void 0?a[0]===r?"won":"lost":""}>${l}</h1>
      ${t.outcome===2?o`<p class="hush">${i.forfeit}</p>`:u}`},ss=function(t){let e=m().result,s=i=>i?`${i<1e3?"<1":j(i/1e3)} ms`:e.none,a=[[e.hits,"hits",i=>j(i?.hits??0)],[e.misses,"misses",i=>j(i?.misses??0)],[e.top,"top-speed",i=>i?.topSpeed?`${j(i.topSpeed/100)} ${e.speedUnit}`:e.none],[e.distance,"distance",i=>`${j((i?.distance??0)/100)} ${e.lengthUnit}`],[e.reaction,"reaction",i=>s(i?.reactionUs)],[e.latency,"latency",i=>s(i?.latency?.rttUs)]];return(t.left?.latency?.saves||t.right?.latency?.saves)&&a.push([e.saved,"saves",i=>j(i?.latency?.saves??0)]),o`<table data-testid="result-table"><tbody>
      ${a.map(([i,r,l])=>o`<tr><td class="left" data-testid=${`result-${r}-left`}>${l(t.left)}</td><th scope="row">${i}</th><td class="right" data-testid=${`result-${r}-right`}>${l(t.right)}</td></tr>`)}
    </tbody></table>`},v([et()],X.prototype,"session",2),v([S()],X.prototype,"shown",2),v([S()],X.prototype,"trouble",2),v([S()],X.prototype,"busy",2),X=v([M("mp-result")],X);var kt,p,Ct,D,as,Lt,is,os,Ht,Vt,Kt,ns,rs,ls,W=class extends U{constructor(){super(...arguments);g(this,p);this.code="";this.trouble="";this.watchable="";this.entering=!0;this.copied=!1;this.shows=[h.room,h.chat,h.state,h.out,y];g(this,kt)}connectedCallback(){super.connectedCallback(),A(this,kt,h.state.watch(()=>{let t=!h.room.value&&h.out.value===0;h.state.value==="open"&&t&&!this.entering&&n(this,p,Ct).call(this)}))}disconnectedCallback(){var t;super.disconnectedCallback(),(t=T(this,kt))==null||t.call(this)}updated(t){t.has("code")&&n(this,p,Ct).call(this);let e=this.querySelector(".chat ol");e&&(e.scrollTop=e.scrollHeight)}render(){let t=m(),e=h.room.value;if(e?.code!==this.code)return n(this,p,ls).call(this);e.tournament&&import("./part-ba253c9521.js");let s=e.members.filter(a=>!a.seated);return o`<main class="room">
      <h1 class="unseen">${t.room.title} ${e.code}</h1>
      <section class="invite panel">
        <label for="room-link">${t.room.invite}</label>
        <div><input id="room-link" data-testid="room-link" readonly .value=${T(this,p,Lt)} @focus=${a=>a.target.select()} />
        <button class="button strong" data-testid="room-copy" @click=${()=>{n(this,p,is).call(this)}}>${F.copy()} ${this.copied?t.common.copied:t.common.copy}</button></div>
        <p class="code" data-testid="room-code" aria-label=${t.home.code}>${e.code}</p>
      </section>
      ${h.state.value==="retrying"?o`<p class="trouble" role="status" data-testid="overlay">${t.room.reconnecting}</p>`:u}
      ${h.state.value==="replaced"?o`<p class="trouble" role="status">${t.room.elsewhere}</p>`:u}
      ${this.trouble?o`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>`:u}
      ${e.tournament?o`<mp-entrants .room=${e} @command=${a=>{n(this,p,D).call(this,a.detail)}}></mp-entrants>`:o`<section class="seats">${n(this,p,Vt).call(this,e,0)}<i class="net"></i>${n(this,p,Vt).call(this,e,1)}</section>
          <section class="actions" data-testid="room-actions">${n(this,p,rs).call(this,e)}</section>`}
      <div class="pair">
        <section class="panel chat">
          <h2>${t.room.chat}</h2>
          <ol data-testid="chat" aria-live="polite">${h.chat.value.length?h.chat.value.map(a=>o`<li><b>${a.name}</b> ${a.text}</li>`):o`<li class="hush">${t.room.chatEmpty}</li>`}</ol>
          <form @submit=${a=>n(this,p,os).call(this,a)}><input name="text" data-testid="chat-input" aria-label=${t.room.say} placeholder=${t.room.say} maxlength="300" autocomplete="off" /><button class="button" data-testid="chat-send">${t.room.send}</button></form>
        </section>
        <div>
          ${n(this,p,ns).call(this,e)}
          ${e.tournament?u:o`<section class="panel">
            <h2>${t.room.bench}</h2>
            ${s.length?o`<ul class="bench" data-testid="bench">${s.map(a=>o`<li>${n(this,p,Kt).call(this,e,a)}</li>`)}</ul>`:o`<p class="hush">${t.room.benchEmpty}</p>`}
          </section>`}
        </div>
      </div>
      <footer>${e.last?o`<a href=${`/result/${e.last.sessionId}`} data-testid="room-last">${t.room.last(e.last.result?.left??0,e.last.result?.right??0)}</a>`:u}
        <button class="quiet" data-testid="room-leave" @click=${()=>{n(this,p,as).call(this)}}>${t.room.leave}</button></footer>
    </main>`}};kt=new WeakMap,p=new WeakSet,Ct=async function(){this.entering=!0,this.trouble=this.watchable="";try{await h.open(),h.room.value?.code!==this.code&&await h.enter(this.code)}catch(t){this.trouble=q(t),t instanceof Qt&&t.reason===22&&(this.watchable=t.refusal.sessionId)}finally{this.entering=!1}},D=async function(t){this.trouble="";try{await h.do(t)}catch(e){this.trouble=q(e)}},as=async function(){await n(this,p,D).call(this,{case:"leaveRoom",value:{code:this.code}}),_("/")},Lt=function(){return`${location.origin}/room/${this.code}`},is=async function(){try{navigator.share&&matchMedia("(pointer: coarse)").matches?await navigator.share({title:"Matchpoint",url:T(this,p,Lt)}):(await navigator.clipboard.writeText(T(this,p,Lt)),this.copied=!0,setTimeout(()=>this.copied=!1,2e3))}catch{this.querySelector("[data-testid=room-link]")?.select()}},os=function(t){t.preventDefault();let e=t.target.elements.namedItem("text"),s=e.value.trim();s&&(e.value="",n(this,p,D).call(this,{case:"say",value:{text:s}}))},Ht=function(t,e,s=t.unlisted){let{$typeName:a,...i}=t.ruleset;n(this,p,D).call(this,{case:"setSettings",value:{ruleset:{...i,...e},unlisted:s,...t.tournament?{tournament:t.tournament}:{}}})},Vt=function(t,e){let s=m().room,a=t.members.find(r=>r.seated&&r.seat===e),i=t.members.find(r=>r.accountId===y.value?.accountId);return o`<div class=${`seat ${e?"right":"left"} ${a?.ready?"ready":""} ${a?"":"free"}`} data-testid=${e?"seat-right":"seat-left"}>
      <small>${e?s.right:s.left}</small>
      ${a?o`${n(this,p,Kt).call(this,t,a)}<span class="state">${a.connected?a.ready?s.isReady:s.waiting:s.away}</span>`:o`<b class="hush">${s.free}</b>${i&&!i.seated&&!t.sessionId?o`<button class="button" data-testid="take-seat" @click=${()=>{n(this,p,D).call(this,{case:"setSeat",value:{seated:!0}})}}>${s.take}</button>`:u}`}
    </div>`},Kt=function(t,e){let s=m(),a=e.accountId===y.value?.accountId,i=t.hostAccountId===y.value?.accountId;return o`<b class=${e.connected?"":"absent"}>${e.name}${a?o`<em>${s.common.you}</em>`:u}${e.accountId===t.hostAccountId?o`<em class="host">${s.room.host}</em>`:u}
      ${i&&!a?o`<button class="quiet icon small" data-testid="room-kick" aria-label=${s.room.kickWhom(e.name)} title=${s.room.kickWhom(e.name)} @click=${()=>{n(this,p,D).call(this,{case:"kick",value:{accountId:e.accountId}})}}>${F.close()}</button>`:u}</b>
      <mp-befriend .who=${e.accountId} .name=${e.name}></mp-befriend>`},ns=function(t){let e=m().room,s=t.ruleset,a=t.hostAccountId===y.value?.accountId&&!t.sessionId,i=(r,l,d,k)=>{let b=k.some(([f])=>f===d)?k:[...k,[d,String(d)]];return o`<label>${l}<select data-testid=${`rule-${r}`} ?disabled=${!a} @change=${f=>n(this,p,Ht).call(this,t,{[r]:Number(f.target.value)})}>
        ${b.map(([f,E])=>o`<option value=${f} ?selected=${f===d}>${E}</option>`)}</select></label>`};return o`<details class="panel settings" ?open=${a}>
      <summary><h2>${e.settings}</h2></summary>
      ${a?u:o`<p class="hush">${e.hostOnly}</p>`}
      <div class="grid">
        ${i("pointsToWin",e.points,s?.pointsToWin??11,[1,3,5,7,11,15,21].map(r=>[r,String(r)]))}
        ${i("startSpeed",e.speed,s?.startSpeed??11e4,[[8e4,e.slow],[11e4,e.normal],[15e4,e.fast]])}
        ${i("paddleHalfHeight",e.paddle,s?.paddleHalfHeight??7500,[[5e3,e.small],[7500,e.normal],[11e3,e.large]])}
        ${i("timeLimitS",e.time,s?.timeLimitS??1800,[180,300,600,1800].map(r=>[r,e.minutes(r/60)]))}
      </div>
      <label class="check"><input type="checkbox" .checked=${s?.directionsOnly??!1} ?disabled=${!a} @change=${r=>n(this,p,Ht).call(this,t,{directionsOnly:r.target.checked})} />${e.directions}</label>
      <label class="check"><input type="checkbox" .checked=${t.unlisted} ?disabled=${!a} @change=${r=>n(this,p,Ht).call(this,t,{},r.target.checked)} />${e.unlisted}</label>
    </details>`},rs=function(t){let e=m().room,s=t.members.find(d=>d.accountId===y.value?.accountId),a=t.hostAccountId===s?.accountId,i=t.members.filter(d=>d.seated),r=i.length===2&&i.every(d=>d.ready);if(t.sessionId)return o`<p>${e.playing}</p><button class="button strong" data-testid="room-to-match" @click=${()=>_(`/${s?.seated?"play":"watch"}/${t.sessionId}`)}>${s?.seated?e.toMatch:m().common.watch}</button>`;let l=i.length<2?e.needPlayer:r?a?e.canStart:e.hostStarts:e.needReady;return o`
      ${s?.seated?o`<button class=${`button ${s.ready?"":"strong"}`} data-testid="room-ready" aria-pressed=${s.ready} @click=${()=>{n(this,p,D).call(this,{case:"setReady",value:{ready:!s.ready}})}}>${s.ready?e.notReady:e.ready}</button>`:u}
      ${a?o`<button class=${`button ${r?"strong":""}`} data-testid="room-start" ?disabled=${!r} @click=${()=>{n(this,p,D).call(this,{case:"start",value:{}})}}>${e.start}</button>`:u}
      <p class="hush" aria-live="polite">${l}</p>
      ${s?.seated?o`<button class="quiet" data-testid="room-bench" @click=${()=>{n(this,p,D).call(this,{case:"setSeat",value:{seated:!1}})}}>${e.giveUp}</button>`:u}`},ls=function(){let t=m(),e=!!h.room.value,s=e?t.room.inAnother:h.out.value===2?t.room.kicked:h.out.value===3?t.room.tooLongAway:"";return this.entering&&!this.trouble?o`<main class="narrow"><p class="hush">${t.common.loading}</p></main>`:o`<main class="narrow">
      <h1>${t.room.title} ${this.code}</h1>
      <p class="trouble" role="alert" data-testid="trouble">${this.trouble||s||(y.value===null?Xt(1):t.errors.unreachable)}</p>
      <div class="actions">
        ${this.watchable?o`<a class="button strong" href=${`/watch/${this.watchable}`}>${t.common.watch}</a>`:h.out.value===2?u:o`<button class="button strong" @click=${()=>{n(this,p,Ct).call(this)}}>${e?t.room.comeBack:s?t.room.rejoin:t.common.retry}</button>`}
        <a class="button" href="/">${t.common.home}</a>
      </div></main>`},v([et()],W.prototype,"code",2),v([S()],W.prototype,"trouble",2),v([S()],W.prototype,"watchable",2),v([S()],W.prototype,"entering",2),v([S()],W.prototype,"copied",2),W=v([M("mp-room")],W);var ys={replay:()=>import("./part-ba776a71a7.js"),tournament:()=>import("./part-f79757dbbb.js"),tournaments:()=>import("./part-df4fde6eae.js")};function cs(c){if(document.visibilityState==="visible")return c();st.play("won"),document.title=`▶ ${m().court.starting} · Matchpoint`,document.addEventListener("visibilitychange",c,{once:!0})}var dt,Z,Wt,ds,Tt=class extends U{constructor(){super(...arguments);g(this,Z);this.shows=[P,y,w.list,w.invitations,C.begun];g(this,dt);this.missing=!1}connectedCallback(){super.connectedCallback(),this.addEventListener("click",ae);let t=()=>st.wake();addEventListener("pointerdown",t),addEventListener("keydown",t),h.started=({entry:e,roomCode:s})=>{if(!e)return;ie(e,{kind:"room",code:s});let a=!!C.of(s)?.title;if(a&&h.room.value?.code!==s)return cs(()=>C.call(e.sessionId));cs(()=>_(a?`/tournament/${e.sessionId}`:e.ticket&&e.seats.length?`/play/${e.sessionId}`:`/watch/${e.sessionId}`))},P.watch(()=>{N.value="",n(this,Z,Wt).call(this)}),n(this,Z,Wt).call(this),It().catch(e=>console.warn(q(e)))}updated(){let t=P.value,e=m();h.watching=t.page==="watch"||t.page==="tournament"?t.session:"";let s=t.page==="room"?`${e.room.title} ${t.code}`:t.page==="watch"?e.common.watch:t.page==="result"?e.result.title:t.page==="replay"?e.replay.title:t.page==="nowhere"?e.errors.notFound:t.page==="tournaments"?e.home.tournaments:"";document.title=s?`${s} · Matchpoint`:"Matchpoint",T(this,dt)&&T(this,dt)!==t&&requestAnimationFrame(()=>{let a=this.querySelector("main");a?.setAttribute("tabindex","-1"),a?.focus({preventScroll:!0})}),A(this,dt,t)}render(){let t=["play","watch","replay"].includes(P.value.page),e=m(),s=y.value,a=w.waiting;return o`
      <header class=${t?"top slim":"top"}>
        ${le()}
        <nav>${t?u:o`<button class="quiet who" data-testid="account" aria-haspopup="dialog" title=${e.account.title} @click=${()=>N.value="account"}>${F.person()}<span data-testid="who">${s?s.name:e.account.signIn}</span></button>`}
          <button class="quiet icon" data-testid="friends-open" aria-haspopup="dialog" aria-label=${e.friends.open(a)} title=${e.friends.title}
            @click=${()=>N.value="friends"}>${F.friends()}${a?o`<span class="badge" data-testid="friends-badge">${a}</span>`:u}</button>
          ${ce(()=>this.requestUpdate())}</nav>
      </header>
      ${n(this,Z,ds).call(this)}
      <mp-calls></mp-calls><mp-friends></mp-friends><mp-account></mp-account>`}};dt=new WeakMap,Z=new WeakSet,Wt=function(){this.missing=!1,ys[P.value.page]?.().catch(()=>this.missing=!0)},ds=function(){let t=P.value,e=m();if(this.missing)return o`<main class="narrow"><h1>${e.errors.unreachable}</h1><button class="button strong" @click=${()=>location.reload()}>${e.common.retry}</button></main>`;switch(t.page){case"home":return o`<mp-home></mp-home>`;case"room":return o`<mp-room .code=${t.code}></mp-room>`;case"play":case"watch":return o`<mp-match .mode=${t.page} .session=${t.session}></mp-match>`;case"result":return o`<mp-result .session=${t.session}></mp-result>`;case"replay":return o`<mp-replay .session=${t.session} .match=${t.match}></mp-replay>`;case"tournament":return o`<mp-tournament .session=${t.session}></mp-tournament>`;case"tournaments":return o`<mp-tournaments></mp-tournaments>`;case"nowhere":return o`<main class="narrow" data-testid="nowhere"><h1>${m().errors.notFound}</h1><p class="hush">${m().errors.notFoundHint}</p><a class="button strong" href="/" data-testid="to-home">${m().common.home}</a></main>`}},v([S()],Tt.prototype,"missing",2),Tt=v([M("mp-app")],Tt);export{Tt as App};
