import{a as d,j as c}from"./part-bd6f72f5ba.js";import{W as u,a as r,i as a,l as i,o as l}from"./part-12fde50a54.js";var t=new l(void 0);function w(n){return t.value?.answer(!1),new Promise(s=>{let e=m=>{t.value=void 0,s(m)};t.value={...n,answer:e}})}var o=class extends c{constructor(){super(...arguments);this.shows=[t]}updated(){let e=this.querySelector("dialog");t.value&&!e.open&&e.showModal(),!t.value&&e.open&&e.close()}render(){let e=t.value;return a`<dialog data-testid="ask" aria-labelledby="ask-title" aria-describedby="ask-text" @close=${()=>t.value?.answer(!1)}>${e?a`
      <h2 id="ask-title">${e.title}</h2><p id="ask-text">${e.text}</p>
      <div class="actions">
        <button class=${e.danger?"button danger":"button strong"} data-testid="ask-yes" @click=${()=>e.answer(!0)}>${e.yes}</button>
        <button class=${e.danger?"button strong":"button"} data-testid="ask-no" autofocus @click=${()=>e.answer(!1)}>${e.no??u().common.cancel}</button>
      </div>`:i}</dialog>`}};o=r([d("mp-ask")],o);export{w as a};
