from django.urls import path

from collections_app.desk import views
from collections_app.desk.appointments import views as appointments
from collections_app.desk.contracts import views as contracts
from collections_app.desk.control_totals import views as control_totals
from collections_app.desk.credit import views as credit
from collections_app.desk.facts import views as facts
from collections_app.desk.habits import views as habits
from collections_app.desk.holds import views as holds
from collections_app.desk.ladder import views as ladder
from collections_app.desk.migration import views as migration
from collections_app.desk.nights import views as nights
from collections_app.desk.payers import views as payers
from collections_app.desk.people import views as people
from collections_app.desk.place import views as place
from collections_app.desk.policies import views as policies
from collections_app.desk.shipments import views as shipments
from collections_app.desk.to_do import views as to_do
from collections_app.desk.warnings import views as warnings

app_name = "desk"
urlpatterns = [
    path("ageing/", views.ageing, name="ageing"),
    path("ageing/migration/", migration.migration, name="migration"),
    path("ageing/migration/items/", migration.items, name="migration-items"),
    path("receivables/", views.receivables, name="receivables"),
    path("customers/", views.customer_list, name="customers"),
    path("credit/", credit.credit_list, name="credit"),
    path("credit/checks/<int:pk>/", credit.decide_check, name="decide-check"),
    path("customers/<path:code>/credit/limit/", credit.grant_limit, name="grant-limit"),
    path("customers/<path:code>/credit/told/", credit.told_insurer, name="told-insurer"),
    path("customers/<path:code>/credit/", credit.credit_of, name="credit-of"),
    path("ladder/", ladder.ladder_list, name="ladder"),
    path("ladder/<int:pk>/notice.pdf", ladder.notice, name="ladder-notice"),
    path("ladder/<int:pk>/print/", ladder.print_notice, name="print-ladder-notice"),
    path("customers/<path:code>/ladder/climb/", ladder.climb, name="climb"),
    path("customers/<path:code>/ladder/down/", ladder.step_down, name="step-down"),
    path("customers/<path:code>/ladder/", ladder.ladder_of, name="ladder-of"),
    path("customers/<path:code>/seen/", warnings.seen, name="seen"),
    path("customers/<path:code>/payer/", payers.payer, name="payer"),
    path("customers/<path:code>/place/", place.place, name="place"),
    path("customers/<path:code>/appointments/", appointments.appointments, name="appointments"),
    path("appointments/<int:pk>/cancel/", appointments.cancel_appointment, name="cancel-appointment"),
    path("people/", people.people, name="people"),
    path("people/<int:pk>/", people.working_time_of, name="working-time"),
    path("people/<int:pk>/week/", people.set_week, name="set-week"),
    path("people/<int:pk>/places/", people.set_places, name="set-places"),
    path("people/<int:pk>/absences/", people.note_absence, name="note-absence"),
    path("absences/<int:pk>/end/", people.end_absence, name="end-absence"),
    path("absences/<int:pk>/deputy/", people.set_deputy, name="set-deputy"),
    path("customers/<path:code>/condition/", facts.begin_condition, name="begin-condition"),
    path("customers/<path:code>/confirmation/", facts.record_confirmation, name="record-confirmation"),
    path("conditions/<int:pk>/end/", facts.end_condition, name="end-condition"),
    path("due-items/<int:pk>/override/", facts.override_standing, name="override-standing"),
    path("overrides/<int:pk>/lift/", facts.lift_override, name="lift-override"),
    path("customers/<path:code>/habits/", habits.habits, name="habits"),
    path("customers/<path:code>/habits/new/", habits.state_habit, name="state-habit"),
    path("customers/<path:code>/away/", habits.note_away, name="note-away"),
    path("customers/<path:code>/open-days/", habits.open_days, name="open-days"),
    path("customers/<path:code>/pool/", habits.set_pool, name="set-pool"),
    path("habits/<int:pk>/drop/", habits.drop_habit, name="drop-habit"),
    path("away/<int:pk>/end/", habits.end_away, name="end-away"),
    path("contacts/<int:pk>/days/", habits.signing_days, name="signing-days"),
    path("customers/<path:code>/", views.customer, name="customer"),
    path("places/", place.places, name="places"),
    path("invoices/", views.invoice_list, name="invoices"),
    path("invoices/<int:pk>/", views.invoice_page, name="invoice"),
    path("invoices/<int:pk>/call-rest/", contracts.call_rest, name="call-rest"),
    path("contracts/", contracts.contracts, name="contracts"),
    path("contracts/new/", contracts.new_contract, name="new-contract"),
    path("contracts/<int:pk>/", contracts.contract, name="contract"),
    path("contracts/<int:pk>/edit/", contracts.edit_contract, name="edit-contract"),
    path("contracts/<int:pk>/file/", contracts.contract_file, name="contract-file"),
    path("contracts/<int:pk>/execute/", contracts.execute, name="execute-contract"),
    path("contracts/<int:pk>/accept-terms/", contracts.accept_terms, name="accept-terms"),
    path("contracts/<int:pk>/activate/", contracts.activate, name="activate-contract"),
    path("contracts/<int:pk>/end/", contracts.end, name="end-contract"),
    path("contracts/<int:pk>/attach/", contracts.attach, name="attach-contract"),
    path("contracts/<int:pk>/register-title/", contracts.register_title, name="register-title"),
    path("contracts/<int:pk>/consignment-clause/", contracts.state_clause, name="state-clause"),
    path("contracts/<int:pk>/price/", contracts.set_price, name="set-price"),
    path("contracts/<int:pk>/ask/", contracts.plan_shipment, name="plan-shipment"),
    path("shipments/", shipments.shipments, name="shipments"),
    path("shipments/<int:pk>/", shipments.shipment, name="shipment"),
    path("shipments/<int:pk>/proof/", shipments.proof_file, name="proof-file"),
    path("shipments/<int:pk>/release/", shipments.release, name="release-shipment"),
    path("shipments/<int:pk>/release-part/", shipments.release_part, name="release-part"),
    path("shipments/<int:pk>/decide/", shipments.decide, name="decide-hold"),
    path("shipments/<int:pk>/deliver/", shipments.deliver, name="deliver-shipment"),
    path("shipments/<int:pk>/file-proof/", shipments.file_proof, name="file-proof"),
    path("shipments/<int:pk>/take-back/", shipments.take_back, name="take-back-goods"),
    path("shipments/<int:pk>/cancel/", shipments.cancel, name="cancel-shipment"),
    path("shipments/<int:pk>/invoice/", shipments.invoice, name="invoice-shipment"),
    path("shipments/<int:pk>/count/", shipments.record_count, name="record-count"),
    path("shipments/<int:pk>/book-counted/", shipments.book_counted, name="book-counted"),
    path("holds/", holds.holds, name="holds"),
    path("holds/observed/", holds.observed, name="observed-holds"),
    path("holds/settings/", holds.gate_settings, name="gate-settings"),
    path("warnings/", warnings.early_warnings, name="warnings"),
    path("warnings/<int:pk>/", warnings.warning, name="warning"),
    path("warnings/<int:pk>/note/", warnings.note, name="note-warning"),
    path("warnings/<int:pk>/second/", warnings.second, name="second-warning"),
    path("warnings/<int:pk>/dismiss/", warnings.dismiss, name="dismiss-warning"),
    path("to-do/", to_do.to_dos, name="to-dos"),
    path("to-do/<int:pk>/", to_do.to_do, name="to-do"),
    path("to-do/<int:pk>/done/", to_do.done, name="to-do-done"),
    path("control-totals/", control_totals.control_totals, name="control-totals"),
    path("control-totals/state/", control_totals.state, name="state-total"),
    path("control-totals/import/", control_totals.import_totals, name="import-totals"),
    path("policy/", policies.policy, name="policy"),
    path("policy/defaults/", policies.defaults, name="policy-defaults"),
    path("policy/new/", policies.new_policy, name="new-policy"),
    path("policy/<int:pk>/", policies.version, name="policy-version"),
    path("policy/<int:pk>/edit/", policies.edit_policy, name="edit-policy"),
    path("policy/<int:pk>/text/", policies.policy_text, name="policy-text"),
    path("policy/<int:pk>/policy.toml", policies.policy_file, name="policy-file"),
    path("policy/<int:pk>/try/", policies.try_policy, name="try-policy"),
    path("policy/<int:pk>/activate/", policies.activate_policy, name="activate-policy"),
    path("policy/<int:pk>/discard/", policies.discard_policy, name="discard-policy"),
    path("health/", views.health, name="health"),
    path("health/nights/", nights.nights, name="nights"),
    path("health/nights/<int:pk>/", nights.night, name="night"),
]
