// A worker for pages that are opened from a file: browsers start none there, so the search runs in a hidden frame.
// The theme would else load one from elsewhere. To go when it brings its own.
if (location.protocol === "file:") {
  window.Worker = class {
    constructor(address) {
      this.frame = document.createElement("iframe")
      this.frame.hidden = true
      document.documentElement.append(this.frame)
      const { contentWindow: inside, contentDocument: empty } = this.frame
      inside.postMessage = data => this.onmessage?.(new MessageEvent("message", { data }))
      this.started = new Promise(started => {
        const script = Object.assign(empty.createElement("script"), { src: address, onload: () => started(inside) })
        script.onerror = event => this.onerror?.(event)
        empty.head.append(script)
      })
    }

    async postMessage(data) {
      const inside = await this.started
      inside.dispatchEvent(new MessageEvent("message", { data }))
    }

    terminate() {
      this.frame.remove()
    }
  }
}
