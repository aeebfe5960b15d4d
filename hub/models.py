"""Index of every slice's tables: migrations, app and tests import only this."""

from sqlmodel import SQLModel

import hub.access.credentials.models
import hub.access.documents
import hub.access.models
import hub.agencies.models
import hub.audit.models
import hub.digitization.models
import hub.kit.calendar
import hub.kit.idempotency
import hub.kit.progress
import hub.kit.spending
import hub.kpi.models
import hub.plan.models
import hub.records.models
import hub.requests.models
import hub.returns.kept
import hub.returns.models
import hub.returns.publication.models
import hub.returns.reminders.models
import hub.returns.snapshots.models
import hub.storage.models
import hub.transfers.models  # noqa: F401

metadata = SQLModel.metadata
