Feature: How a call is created
  A POST of a call object places a call or joins a meeting. Success is 201 Created with the new call, and with its address.

  @CC-01 @rings
  Scenario Outline: A request creates a call to a person: example <number>
    When the bot sends the request of example <number>
    Then Graph creates the call
    And the notification that the call is establishing has:
      | property        | value              |
      | resourceData/id | the id of the call |

    Examples:
      | number |
      | 1      |
      | 2      |

  @CC-01 @joins
  Scenario Outline: A request joins a meeting: example <number>
    When the bot sends the request of example <number>
    Then Graph creates the call
    And the notification that the call is establishing has:
      | property        | value              |
      | resourceData/id | the id of the call |

    Examples:
      | number |
      | 3      |
      | 4      |
      | 5      |
      | 6      |

  @CC-02 @rings
  Scenario: The body of the answer is a call
    When the bot sends the request of example 1
    Then Graph creates the call
    And the new call has:
      | property    | value                  |
      | @odata.type | "#microsoft.graph.call" |
      | id          | made by Graph          |

  @CC-03 @rings
  Scenario: The answer says where the new call to a person is
    When the bot sends the request of example 1
    Then Graph says where the call is

  @CC-03 @joins
  Scenario: The answer says where the new call in a meeting is
    When the bot sends the request of example 3
    Then Graph says where the call is

  @CC-03 @joins
  Scenario Outline: The answer says where the new call is: example <number>
    When the bot sends the request of example <number>
    Then Graph says where the call is

    Examples:
      | number |
      | 4      |
      | 6      |

  @CC-03 @rings @needs:app-sets
  Scenario: The answer says where the new call to several people is
    Given the bot is granted every permission
    When the bot calls John and Dora at once
    Then Graph says where the call is

  @CC-03 @rings @makes-calls:2
  Scenario: The answer to a second request says where the second call is
    When the bot sends the request of example 1 twice
    Then Graph says where the call is

  @CC-04 @rings
  Scenario: The answer is JSON
    When the bot sends the request of example 1
    Then Graph answers in JSON

  @CC-04 @rings
  Scenario: The content type of a request may have parameters
    When the bot sends the request of example 1 with a charset in its content type
    Then Graph creates the call

  @CC-04 @makes-no-call
  Scenario Outline: A refusal is JSON: a request <at fault>
    When the bot sends the request of example 1 <at fault>
    Then Graph answers in JSON

    Examples:
      | at fault            |
      | without a token     |
      | with an empty body  |
      | without mediaConfig |

  @CC-04 @makes-no-call @needs:app-sets
  Scenario: The refusal of an application without a permission is JSON
    Given the bot is granted no permission
    When the bot sends the request of example 1
    Then Graph answers in JSON

  @CC-04 @joins
  Scenario: The answer to the question for a call is JSON
    Given the bot is in the scheduled meeting
    When the bot asks for its call
    Then Graph answers in JSON

  @CC-04 @joins @needs:app-sets
  Scenario: The answer to the question for the call of another bot is JSON
    Given another bot is in the scheduled meeting
    When the bot asks for the call of the other bot
    Then Graph answers in JSON
