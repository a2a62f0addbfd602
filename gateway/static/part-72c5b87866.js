import{a as m}from"./part-8a80875dca.js";import{c as l,e as u}from"./part-bd6f72f5ba.js";import{W as p,a as d,i as o,l as n,o as c}from"./part-12fde50a54.js";var a=new c(""),i=class extends m{constructor(){super(...arguments);this.said=""}#e;connectedCallback(){super.connectedCallback(),this.#e=a.watch(()=>{this.trouble=this.said="",this.requestUpdate()})}disconnectedCallback(){super.disconnectedCallback(),this.#e?.()}updated(){let e=this.querySelector("dialog"),t=a.value===this.name;t&&!e.open&&e.showModal(),!t&&e.open&&e.close()}close(){a.value===this.name&&(a.value="")}async attempt(e,t=""){this.said="";let s=await super.attempt(e);return s&&(this.said=t),s}fields(e){e.preventDefault();let t=new FormData(e.target);return s=>{let r=String(t.get(s)??"");return s.includes("assword")?r:r.trim()}}frame(e,t){return o`<dialog class="drawer" data-testid=${`${this.name}-drawer`} aria-labelledby=${`${this.name}-title`}
      @close=${()=>this.close()} @click=${s=>s.target===s.currentTarget&&this.close()}>
      <div class="inside">
        <header><h2 id=${`${this.name}-title`} tabindex="-1" autofocus>${e}</h2>
          <button class="quiet icon" data-testid=${`${this.name}-close`} aria-label=${p().account.close} @click=${()=>this.close()}>${u.close()}</button></header>
        ${a.value===this.name?o`
          <p class="trouble" role="alert" data-testid=${`${this.name}-trouble`}>${this.trouble}</p>
          <p class="said" role="status" data-testid=${`${this.name}-said`}>${this.said}</p>
          ${t()}`:n}
      </div></dialog>`}};d([l()],i.prototype,"said",2);export{a,i as b};
