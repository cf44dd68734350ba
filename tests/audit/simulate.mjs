// Reads simulations as JSON from stdin, writes what iam-simulate says of each: the decision, or why there is none.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const { runSimulation } = createRequire(`${process.argv[2]}/`)('@cloud-copilot/iam-simulate')
const answers = []
for (const asked of JSON.parse(readFileSync(0, 'utf8'))) {
  const said = await runSimulation(asked, {})
  answers.push(
    said.resultType === 'error'
      ? { decision: 'error', why: JSON.stringify(said.errors) }
      : { decision: said.overallResult, why: (said.result?.ignoredContextKeys ?? []).join(', ') }
  )
}
process.stdout.write(JSON.stringify(answers))
