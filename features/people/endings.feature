Feature: How a call ends
  A call that is not answered ends without having been established. An established call ends when either side ends it, and says how.

  @CC-66 @rings @needs:person-declines
  Scenario: A call that the person declines ends
    Given John declines when called
    When the bot sends the request of example 1
    Then the bot is notified:
      | of   | change  | state        |
      | call | updated | establishing |
      | call | deleted | terminated   |
    And nothing else is notified
    And the call says how it ended

  @CC-66 @rings @needs:person-declines @needs:app-sets
  Scenario: A call that several people decline ends
    Given the bot is granted every permission
    And John declines when called
    And Dora declines when called
    When the bot calls John and Dora at once
    Then the bot is notified:
      | of   | change  | state        |
      | call | updated | establishing |
      | call | deleted | terminated   |
    And nothing else is notified
    And the call says how it ended

  @CC-66 @rings @needs:person-declines @needs:app-sets
  Scenario: A call to several people goes on when one of them declines
    Given the bot is granted every permission
    And John declines when called
    And Dora does not answer when called
    When the bot calls John and Dora at once
    Then the bot is notified:
      | of   | change  | state        |
      | call | updated | establishing |
    And nothing else is notified

  @CC-66 @rings
  Scenario: A call that the person does not answer ends when its ringing time is over
    Given John does not answer when called
    When the bot sends the request of example 1 with a ringing time of 10 s
    Then the bot is notified within 30 s:
      | of   | change  | state        |
      | call | updated | establishing |
      | call | deleted | terminated   |
    And nothing else is notified
    And the call says how it ended

  @CC-67 @rings
  Scenario: When the bot hangs up while it rings, the call ends and says how
    Given the bot is calling John
    When the bot hangs up
    Then the bot is notified:
      | of   | change  | state        |
      | call | updated | establishing |
      | call | updated | terminating  |
      | call | deleted | terminated   |
    And nothing else is notified
    And the call says how it ended

  @CC-67 @rings @needs:person-answers
  Scenario: When the person hangs up, the call ends and says how
    Given the bot is in a call with John
    When John hangs up
    Then the bot is notified:
      | of   | change  | state        |
      | call | updated | establishing |
      | call | updated | established  |
      | call | deleted | terminated   |
    And nothing else is notified
    And the call says how it ended

  @CC-67 @rings @needs:person-answers
  Scenario: When the bot hangs up, the call ends and says how
    Given the bot is in a call with John
    When the bot hangs up
    Then the bot is notified:
      | of   | change  | state        |
      | call | updated | establishing |
      | call | updated | established  |
      | call | updated | terminating  |
      | call | deleted | terminated   |
    And nothing else is notified
    And the call says how it ended

  @CC-67 @joins @needs:lobby-held
  Scenario: When the bot hangs up in the lobby, its call ends and says how
    Given the bot is in the lobby of the channel meeting
    When the bot hangs up
    Then the bot is notified:
      | of     | change  | state        | who     | in the lobby |
      | call   | updated | establishing |         |              |
      | roster | updated |              | the bot | yes          |
      | call   | updated | terminating  |         |              |
      | call   | deleted | terminated   |         |              |
    And nothing else is notified
    And the call says how it ended

  @CC-67 @joins @needs:second-participant
  Scenario: When the bot leaves a meeting, its call ends and the meeting goes on
    Given John is in the scheduled meeting
    And the bot is in the scheduled meeting
    When the bot hangs up
    Then the notification that the call is terminated has:
      | property        | value              |
      | changeType      | "deleted"          |
      | resourceData/id | the id of the call |
    And the call says how it ended
    And the call is gone

  @CC-67 @joins @needs:second-participant
  Scenario: When a person removes the bot from a meeting, its call ends and says how
    Given John is in the scheduled meeting
    And the bot is in the scheduled meeting
    When John removes the bot from the scheduled meeting
    Then the bot is notified:
      | of     | change  | state        | who           |
      | call   | updated | establishing |               |
      | call   | updated | established  |               |
      | roster | updated |              | John, the bot |
      | call   | deleted | terminated   |               |
    And nothing else is notified
    And the call says how it ended

  # The end and its result code are documented; how long the bot stays alone before is not.
  @CC-68 @joins @needs:second-participant @assumption
  Scenario: The call of a bot that is left alone in a meeting ends
    Given John is in the scheduled meeting
    And the bot is in the scheduled meeting
    When John leaves the scheduled meeting
    Then the bot is notified within 45 minutes:
      | of     | change  | state        | who           |
      | call   | updated | establishing |               |
      | call   | updated | established  |               |
      | roster | updated |              | John, the bot |
      | roster | updated |              | the bot       |
      | call   | deleted | terminated   |               |
    And the call says that it ended with 200 and 5010
    And the call is gone
