// A picture of one page of Home Assistant, as its owner sees it: node picture.mjs URL TOKEN PAGE WIDTH HEIGHT FILE
// Chromium is the system's: playwright-core brings none.
import { chromium } from 'playwright-core'
import { existsSync } from 'node:fs'

const [url, token, page, width, height, file] = process.argv.slice(2)
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
if (!executablePath) throw new Error('there is no Chromium: apt-get install chromium')
const quiet = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--no-first-run', '--disable-quic', '--disable-gpu']
const browser = await chromium.launch({ executablePath, args: quiet })
try {
  const context = await browser.newContext({
    viewport: { width: Number(width), height: Number(height) }, colorScheme: 'light', locale: 'en-GB',
  })
  // What the login page would leave behind.
  const tokens = {
    hassUrl: url, clientId: `${url}/`, access_token: token, token_type: 'Bearer', refresh_token: '',
    expires_in: 86400, expires: Date.now() + 86_400_000,
  }
  await context.addInitScript((text) => {
    localStorage.setItem('hassTokens', text)
    localStorage.setItem('dockedSidebar', '"always_hidden"')
  }, JSON.stringify(tokens))
  const tab = await context.newPage()
  await tab.goto(`${url}${page}`, { waitUntil: 'domcontentloaded' })
  await tab.locator('ha-device-entities-card').first().waitFor({ timeout: 90_000 })
  await tab.waitForLoadState('networkidle')
  await tab.screenshot({ path: file })
} finally {
  await browser.close()
}
