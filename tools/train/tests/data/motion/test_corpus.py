import made

from terpsi_train.data.motion.corpus import SAMPLES


def test_phrases_link_to_their_continuation_at_no_cost():
    corpus = made.small_corpus()
    assert len(corpus.phrases) >= 10
    first = corpus.phrases[0]
    assert first.next[0][1] == 0.0
    follower = corpus.phrases[first.next[0][0] - 1]
    assert follower.clip == first.clip and follower.start == first.start + 4 * SAMPLES
    assert all(corpus.phrases[k - 1].style == p.style for p in corpus.phrases for k, _ in p.next)
