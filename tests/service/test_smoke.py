from service.register.verification import verify


def test_the_seed_answers_on_both_databases(seeded, clock):
    with seeded.reading() as session:
        verdict = verify(session, "93500114MA0TERT081", now=clock.now())
    assert verdict.outcome == "authorised"
