"""Bugs as they are really made, each with the test that has to notice it."""

from dataclasses import dataclass

TODOS = "services/todos/src/todos_service"
CHASSIS = "libs/common/src/chassis"
GATEWAY = "gateway/src/gateway"
AUTH = "services/auth/src/auth_service"
TESTS = "services/todos/tests"
OF_TODOS, OF_SYNC, OF_CHASSIS = f"{TESTS}/todos", f"{TESTS}/sync", "libs/common/tests"
OF_AUTH, OF_GATEWAY = "services/auth/tests", "gateway/tests"
OF_IMPORTS = f"{TESTS}/transfer/routes"


@dataclass(frozen=True)
class Bug:
    """`old` stands in the file once, and becomes `new`."""

    name: str
    file: str
    old: str
    new: str
    caught_by: str


BUGS = (
    Bug(
        "let in who was right a moment ago",
        f"{AUTH}/accounts/signing_in.py",
        "        if not await holds(tx):\n",
        "        if False:\n",
        f"{OF_AUTH}/accounts/test_signing_in.py::TestSignIn::test_is_refused_where_its_password_was_changed",
    ),
    Bug(
        "confirm whoever gave the address first",
        f"{AUTH}/recovery/service.py",
        "    elif await sessions.has_begun(tx, user.id):\n",
        "    else:\n        await _send_link(tx, user, Purpose.VERIFY_EMAIL, app_url)\n        return\n    if False:\n",
        f"{OF_AUTH}/recovery/test_routes.py::TestWhereAddressesHaveToBeConfirmed",
    ),
    Bug(
        "merge without from",
        f"{TODOS}/todos/merging.py",
        "if change.base is Special.ANYTHING or now in (change.base, to):",
        "if True:",
        f"{OF_SYNC}/test_routes.py::TestTwoDevices::test_are_shown_what_both_wrote",
    ),
    Bug(
        "drop the compare on the version",
        f"{TODOS}/todos/merging.py",
        "return operation.versions is not None and stored.version not in operation.versions",
        "return False",
        f"{OF_TODOS}/test_merging.py::TestUpdate::test_for_another_version_is_a_conflict_as_a_whole",
    ),
    Bug(
        "delete what was not seen",
        f"{TODOS}/todos/merging.py",
        "(_has_changed(stored, operation) and not operation.force)",
        "False",
        f"{OF_SYNC}/test_routes.py::TestTwoDevices::test_do_not_delete_what_they_have_not_seen",
    ),
    Bug(
        "let the last tags win",
        f"{TODOS}/todos/merging.py",
        "merged = _merge_sets(change.base, to, now) if name in SETS else None",
        "merged = to if name in SETS else None",
        f"{OF_TODOS}/test_merging.py::TestTags::test_that_two_devices_added_and_removed_are_merged",
    ),
    Bug(
        "naive cursor",
        f"{TODOS}/sync/feed.py",
        "reached = page[-1].seq if is_full else",
        "reached = stream.head if is_full else",
        f"{OF_SYNC}/test_routes.py::TestListChanges::test_comes_in_pages_of_todos_in_the_order_of_their_last_changes",
    ),
    Bug(
        "drop the owner filter of the feed",
        f"{TODOS}/sync/repository.py",
        "and_(Todo.owner_id == _OWNER, Todo.id == _walked.c.todo_id, Todo.seq == _walked.c.seq)",
        "and_(Todo.id == _walked.c.todo_id, Todo.seq == _walked.c.seq)",
        f"{OF_SYNC}/test_routes.py::TestStrangers::test_learn_nothing_under_an_id_that_both_have",
    ),
    Bug(
        "leave deletions out of the feed",
        f"{TODOS}/sync/repository.py",
        "or_(Todo.deleted_at.is_(None), _walked.c.seq > _SINCE)",
        "Todo.deleted_at.is_(None)",
        f"{OF_SYNC}/test_routes.py::TestListChanges::test_tells_what_has_changed_since",
    ),
    Bug(
        "trust a cursor of before a restore",
        f"{TODOS}/sync/feed.py",
        "if cursor.epoch != stream.epoch or cursor.seq > stream.head or has_seen < stream.floor:",
        "if has_seen < stream.floor:",
        f"{OF_SYNC}/test_routes.py::TestResync::test_is_asked_for_when_a_cursor_is_no_longer_good",
    ),
    Bug(
        "forget what was carried out",
        f"{TODOS}/todos/writing.py",
        "if request.op_id is not None and row.op_todo_id is not None:",
        "if False:",
        f"{OF_SYNC}/test_routes.py::TestCarryOut::test_acts_once_however_often_it_is_asked",
    ),
    Bug(
        "believe what was read before the turn came",
        f"{TODOS}/todos/turns.py",
        "found = row if row.is_current else",
        "found = row if True else",
        f"{OF_TODOS}/test_turns.py::TestTakeTurn::test_shows_what_was_committed_while_waiting",
    ),
    Bug(
        "complete an occurrence twice",
        f"{TODOS}/todos/occurrences.py",
        'return bool(was_due != stored["due"])',
        "return False",
        f"{OF_TODOS}/test_occurrences.py::TestCompleting::test_of_one_occurrence_by_two_devices_moves_it_on_once",
    ),
    Bug(
        "announce what was never committed",
        f"{TODOS}/owners/heads.py",
        "        for owner_id, head in heads.items():\n            self._announce(owner_id, head)",
        "            for owner_id, head in heads.items():\n                self._announce(owner_id, head)",
        "services/todos/tests/owners/test_heads.py::TestAnnouncingDatabase"
        "::test_says_nothing_of_what_postgres_refuses_at_the_end",
    ),
    Bug(
        "leave the streams of a revoked session open",
        f"{TODOS}/sync/hub.py",
        "if revocation.concerns(each.principal)",
        "if False",
        f"{OF_SYNC}/test_hub.py::TestRevoke::test_ends_the_streams_of_that_session_at_once",
    ),
    Bug(
        "let anybody have any number of todos",
        f"{TODOS}/todos/writing.py",
        "if adds and request.limit is not None and turn.live >= request.limit:",
        "if False:",
        f"{OF_TODOS}/routes/test_creating.py::TestCreateTodo"
        "::test_stops_at_the_limit_and_counts_only_what_is_not_deleted",
    ),
    Bug(
        "drop the owner filter of the trash",
        f"{TODOS}/trash/repository.py",
        "        Stream.owner_id == _OWNER,\n        Stream.erased_at.is_(None),\n        Todo.owner_id == _OWNER,\n"
        "        Todo.deleted_at.is_not(None),\n        HistoryRow.owner_id == _OWNER,\n",
        "        Todo.deleted_at.is_not(None),\n",
        f"{TESTS}/trash/test_routes.py::TestListTrash::test_is_nobody_elses",
    ),
    Bug(
        "forget tombstones without raising the floor",
        f"{TODOS}/housekeeping/repository.py",
        ".values(floor=floor)",
        ".values(floor=Stream.floor)",
        f"{TESTS}/housekeeping/test_service.py::TestRemoveTombstones"
        "::test_removes_what_was_deleted_90_days_ago_and_raises_the_floor",
    ),
    Bug(
        "leave a text in the history of what was purged",
        f"{TODOS}/housekeeping/service.py",
        "            await repository.empty_deletes(tx, owner_id=owner_id, todos=todos)\n",
        "",
        f"{TESTS}/housekeeping/test_service.py::TestPurgeTrash"
        "::test_removes_every_text_of_what_was_deleted_30_days_ago",
    ),
    Bug(
        "let one owner hold up the purge of all",
        f"{TODOS}/housekeeping/service.py",
        "        this.failed.add(owner_id)\n",
        "        raise\n",
        f"{TESTS}/housekeeping/test_service.py::TestPurgeTrash::test_of_one_owner_that_fails_keeps_nobody_else_waiting",
    ),
    Bug(
        "let an import overwrite what is newer",
        f"{TODOS}/transfer/reconciling.py",
        'return "it was changed here since" if each.todo.updated_at <= here["updated_at"] else None',
        "return None",
        f"{OF_IMPORTS}/test_merging.py::TestMerging"
        "::test_with_no_past_in_common_takes_the_newer_one_and_names_what_it_replaced",
    ),
    Bug(
        "believe that a file without times is newer",
        f"{TODOS}/transfer/reconciling.py",
        "    if not each.is_dated:",
        "    if False:",
        f"{OF_IMPORTS}/test_merging.py::TestMerging"
        "::test_with_no_past_in_common_and_no_time_to_go_by_takes_nothing_over",
    ),
    Bug(
        "believe a file that comes from the future",
        f"{TODOS}/transfer/importing.py",
        "_until(now, todo), todo.fields",
        "todo, todo.fields",
        f"{OF_IMPORTS}/test_round_trips.py::TestExportAndImport::test_believe_no_time_that_is_still_to_come",
    ),
    Bug(
        "say nothing of an occurrence that an import completed",
        f"{TODOS}/transfer/reconciling.py",
        "if written.advanced:",
        "if False:",
        f"{OF_IMPORTS}/test_round_trips.py::TestExportAndImport"
        "::test_say_that_what_is_done_elsewhere_is_one_occurrence_here",
    ),
    Bug(
        "keep what was read of every todo that waits",
        f"{TODOS}/transfer/candidates.py",
        "        self.content = None\n",
        "",
        f"{OF_IMPORTS}/test_receiving.py::TestImportTodos::test_keeps_nothing_of_strange_todos_while_others_are_read",
    ),
    Bug(
        "export what happened after a todo was read",
        f"{TODOS}/transfer/exporting.py",
        "if change.version <= todo.version:",
        "if True:",
        f"{OF_IMPORTS}/test_exporting.py::TestExportTodos::test_taken_while_others_write_can_be_imported",
    ),
    Bug(
        "change many although somebody changed one",
        f"{TODOS}/bulk/service.py",
        "if outcome.verdict is Verdict.CONFLICT:",
        "if False:",
        f"{TESTS}/bulk/test_routes.py::TestChangeTodos::test_answers_each_for_itself",
    ),
    Bug(
        "take room that was made for somebody's change",
        f"{TODOS}/bulk/service.py",
        "replace(operation, versions=None)",
        "operation",
        f"{TESTS}/bulk/test_routes.py::TestMoveTodos"
        "::test_makes_room_among_those_it_moves_without_taking_that_for_somebody_elses_change",
    ),
    Bug(
        "undo what has changed since",
        f"{TODOS}/history/service.py",
        'Change(to=step["from"], base=step["to"])',
        'Change(to=step["from"])',
        f"{TESTS}/history/test_routes.py::TestUndoChange::test_does_nothing_if_the_field_has_changed_since",
    ),
    Bug(
        "open a calendar to whoever knows its owner",
        f"{TODOS}/calendars/service.py",
        "if row is None or not parsed.opens(row.secret_hash):",
        "if row is None:",
        f"{TESTS}/calendars/test_routes.py::TestReadCalendar::test_needs_the_very_secret",
    ),
    Bug(
        "complete whatever occurrence there is",
        f"{TODOS}/sync/operations.py",
        "and request.operation.base_version is None:",
        "and False:",
        f"{OF_SYNC}/test_routes.py::TestCompletingAnOccurrence::test_needs_the_version_in_which_it_was_seen",
    ),
    Bug(
        "skip the rest of a long past",
        f"{TODOS}/sync/feed.py",
        "else stream.walked_to if is_tired else stream.head",
        "else stream.head",
        f"{OF_SYNC}/test_routes.py::TestListChanges::test_walks_through_a_long_past_in_pages_that_may_be_empty",
    ),
    Bug(
        "believe that what was seen is a set",
        f"{TODOS}/todos/merging.py",
        "base if isinstance(base, list) else []",
        "base or []",
        f"{OF_TODOS}/test_merge_vectors.py::TestMerge",
    ),
    Bug(
        "log what was sent to the database",
        f"{CHASSIS}/database.py",
        "hide_parameters=True",
        "hide_parameters=False",
        f"{OF_CHASSIS}/test_database.py::TestErrors::test_quote_no_value_that_was_sent",
    ),
    Bug(
        "wait for a database that says nothing",
        f"{CHASSIS}/statements.py",
        "        self._raw.terminate()\n",
        "",
        f"{OF_CHASSIS}/test_database.py::TestSilence",
    ),
    Bug(
        "say that nothing has happened when a commit was not answered",
        f"{CHASSIS}/database.py",
        "is_committing = commits and not raw.is_closed()",
        "is_committing = False",
        f"{OF_CHASSIS}/web/test_dependencies.py::TestTransaction"
        "::test_that_got_no_answer_is_told_by_what_may_have_happened",
    ),
    Bug(
        "send whatever has a key again",
        f"{GATEWAY}/retries.py",
        'inbound.method == "POST" and inbound.path == route.path.encode()',
        "True",
        f"{OF_GATEWAY}/test_proxy.py::TestConnections::test_but_one_is_that_its_service_knows_again",
    ),
    Bug(
        "read one of two lengths",
        f"{GATEWAY}/hygiene.py",
        'length, coding = _single(headers, b"content-length"),',
        'length, coding = headers.get(b"content-length", [None])[0],',
        f"{OF_GATEWAY}/test_hygiene.py::TestRead::test_refuses_a_body_whose_end_is_not_clear",
    ),
    Bug(
        "read chunks although there is a length",
        f"{GATEWAY}/hygiene.py",
        "if length is not None or coding.lower()",
        "if coding.lower()",
        f"{OF_GATEWAY}/test_hygiene.py::TestRead::test_refuses_a_body_whose_end_is_not_clear",
    ),
    Bug(
        "pass on what clients say about themselves",
        f"{GATEWAY}/hygiene.py",
        "elif name in _PASSED_ON:",
        "elif name not in _HOP_BY_HOP:",
        f"{OF_GATEWAY}/test_hygiene.py::TestWriteHead"
        "::test_leaves_out_what_a_client_says_about_itself_and_what_nobody_knows",
    ),
    Bug(
        "believe the first address that is named",
        f"{GATEWAY}/callers.py",
        "said[-self._trusted_hops].strip()",
        "said[0].strip()",
        f"{OF_GATEWAY}/test_callers.py::TestAddress::test_is_what_the_outermost_trusted_proxy_saw",
    ),
    Bug(
        "count each address of a network by itself",
        f"{GATEWAY}/callers.py",
        "return str(ipaddress.IPv6Network((int(parsed) >> 64 << 64, 64)))",
        "return str(parsed)",
        f"{OF_GATEWAY}/test_callers.py::TestAddress::test_one_ipv6_customer_is_one_caller",
    ),
    Bug(
        "let in whose session has ended",
        f"{GATEWAY}/callers.py",
        'return "over"',
        'return "unproven"',
        f"{OF_GATEWAY}/test_app.py::TestRevokedToken::test_is_refused_everywhere_but_where_one_signs_in_again",
    ),
    Bug(
        "charge one policy of many",
        f"{GATEWAY}/limits.py",
        "for policy in policies]",
        "for policy in policies[:1]]",
        f"{OF_GATEWAY}/test_limits.py::TestFields::test_count_down_and_name_every_policy",
    ),
    Bug(
        "let the pages of anybody read",
        f"{GATEWAY}/cors.py",
        "self._by_origin.get(origins[0], [_VARY])",
        "next(iter(self._by_origin.values()))",
        f"{OF_GATEWAY}/test_cors.py::TestCors::test_nobody_else_may",
    ),
    Bug(
        "let one caller have all the room",
        f"{GATEWAY}/admission.py",
        " or mine >= self._share(mine)",
        "",
        f"{OF_GATEWAY}/test_admission.py::TestAdmission::test_a_greedy_caller_leaves_room_for_the_others",
    ),
    Bug(
        "ask again without end",
        f"{GATEWAY}/retries.py",
        "        if self._left < 1:\n            return False\n",
        "",
        f"{OF_GATEWAY}/test_retries.py::TestRetryBudget::test_is_one_in_ten_and_ten_at_once",
    ),
    Bug(
        "drop the compare on the generation of a refresh token",
        f"{AUTH}/sessions/repository.py",
        ".where(_is_of(token), SessionRow.generation <= token.generation)",
        ".where(_is_of(token))",
        f"{OF_AUTH}/accounts/test_routes.py::TestRefresh"
        "::test_a_token_replaced_long_ago_ends_the_session_and_its_owner_is_told",
    ),
    Bug(
        "end the session of anybody",
        f"{AUTH}/sessions/repository.py",
        "_end(SessionRow.id == session_id, SessionRow.user_id == user_id, reason=reason)",
        "_end(SessionRow.id == session_id, reason=reason)",
        f"{OF_AUTH}/sessions/test_routes.py::TestEndSession::test_of_somebody_else_or_twice_is_not_found",
    ),
    Bug(
        "sign out without telling the verifiers",
        f"{AUTH}/sessions/service.py",
        "        await revocations.revoke_session(tx, ended.id, user_id=ended.user_id, reason=reason)\n",
        "",
        f"{OF_AUTH}/sessions/test_routes.py::TestLogout::test_is_told_to_every_verifier_and_once",
    ),
    Bug(
        "take any page for ours",
        f"{AUTH}/sessions/dependencies.py",
        "if origin not in _settings(request).allowed_origins:",
        "if origin is None:",
        f"{OF_AUTH}/sessions/test_dependencies.py::TestCookieGuards::test_refuse_a_page_that_is_not_ours",
    ),
    Bug(
        "take a code twice",
        f"{AUTH}/second_factor/repository.py",
        ", TotpRow.last_step < step)",
        ")",
        f"{OF_AUTH}/second_factor/test_service.py::TestRequire::test_refuses_a_code_that_was_used_and_those_before_it",
    ),
    Bug(
        "count no attempts",
        f"{AUTH}/attempts/service.py",
        "                await repository.store(tx, allowed)\n",
        "",
        f"{OF_AUTH}/attempts/test_service.py::TestAttempts"
        "::test_lets_exactly_as_many_through_as_the_budget_allows_however_many_processes_ask",
    ),
    Bug(
        "let an API token outlive its end",
        f"{AUTH}/api_tokens/service.py",
        'return "expired" if shown.expires_at <= shown.now else None',
        "return None",
        f"{OF_AUTH}/api_tokens/test_routes.py::TestExchangeApiToken"
        "::test_gives_a_token_that_lives_no_longer_than_it_does",
    ),
    Bug(
        "revoke the API token of anybody",
        f"{AUTH}/api_tokens/repository.py",
        ".where(ApiTokenRow.user_id == user_id, ApiTokenRow.id == token_id)",
        ".where(ApiTokenRow.id == token_id)",
        f"{OF_AUTH}/api_tokens/test_routes.py::TestRevokeApiToken::test_is_for_its_owner_only",
    ),
    Bug(
        "skip the outbox",
        f"{AUTH}/accounts/service.py",
        'await outbox.record(tx, UserRegistered(user_id=user.id), source="auth")',
        "pass",
        f"{OF_AUTH}/accounts/test_routes.py::TestRegister::test_announces_the_account_by_its_id_only",
    ),
    Bug(
        "vouch for any end of the audit log",
        f"{AUTH}/audit/chains.py",
        "return vault.vouches(_HEAD, _head_message(head.chain, head.sequence, head.hash), head.seal)",
        "return True",
        f"{OF_AUTH}/audit/test_verification.py::TestVerify::test_finds_any_edit_or_removal",
    ),
    Bug(
        "take a token that is for somebody else",
        f"{CHASSIS}/tokens.py",
        '"strict_aud": False}',
        '"strict_aud": False, "verify_aud": False}',
        f"{OF_CHASSIS}/test_tokens.py::TestVerify::test_refuses_a_forgery",
    ),
    Bug(
        "handle an event twice",
        f"{CHASSIS}/messaging/inbox.py",
        "return await tx.scalar(claim) is not None",
        "return (await tx.scalar(claim), True)[1]",
        f"{OF_CHASSIS}/messaging/test_inbox.py::TestIsNew::test_is_true_once",
    ),
)
