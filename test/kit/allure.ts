// In place of Allure's page, which takes seconds to make.
import type { makeAllurePage } from '../../support/results/reports/allure-page'

export const NOT_MADE = 'Here no Allure page is made.'

export const noAllurePage: typeof makeAllurePage = async () => ({ made: false, reason: NOT_MADE })
